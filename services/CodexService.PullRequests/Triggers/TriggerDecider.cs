using System.Globalization;
using CodexService.GitHub.Rest;
using CodexService.GitHub.Webhooks;
using CodexService.PullRequests.Reporting;
using CodexService.Tasks.Reviews;

namespace CodexService.PullRequests.Triggers;

/// <summary>
/// Decides what a delivery asks for, from the delivery and the repository's settings alone. Whether the person may ask
/// for it is checked live afterwards.
/// </summary>
/// <param name="app">Name that people mention the service by.</param>
/// <param name="bot">Login that the App acts under, as <c>name[bot]</c>; <see langword="null"/> with a personal token, whose words are told by their marks.</param>
/// <param name="account">Another account to which issues are assigned for the service: the personal token's.</param>
internal sealed class TriggerDecider(string app, string? bot, string? account = null)
{
    /// <summary>How every hidden mark begins that we leave in what we post.</summary>
    public const string OwnMark = "<!-- codex:";

    private const string OwnBranches = "codex/";
    private const string Branches = "refs/heads/";

    /// <summary>The decision.</summary>
    /// <param name="name">Name of the event, as in <c>X-GitHub-Event</c>.</param>
    /// <param name="payload">The delivery.</param>
    /// <param name="settings">Of the repository.</param>
    public TriggerDecision Decide(string name, WebhookPayload payload, TriggerSettings settings)
    {
        if (name == "ping")
        {
            return new TriggerDecision.Ignored("GitHub said hello");
        }

        if (payload.Repository is not { } repository)
        {
            return new TriggerDecision.Ignored("it is about no repository");
        }

        if (repository.Archived)
        {
            return new TriggerDecision.Ignored("the repository is archived");
        }

        // A merge of ours may bring other pull requests into conflict, and what we publish may not fit onto a base that has moved on.
        var isOurs = payload.Sender is { } sender && IsUs(sender);
        if (name == "pull_request" && (payload.Action == "opened" || (payload.Action == "synchronize" && isOurs))
            && payload.PullRequest is { Head: { } head, Base: { } meant } published && head.Ref.StartsWith(OwnBranches, StringComparison.Ordinal))
        {
            return settings.Conflicts
                ? new TriggerDecision.Wanted(TriggerCommand.BaseMoved, 0, meant.Ref, $"fits:{published.Number}:{head.Sha}") { HeadCommit = meant.Sha }
                : new TriggerDecision.Ignored("we did it ourselves");
        }

        if (isOurs && name != "push")
        {
            return new TriggerDecision.Ignored("we did it ourselves");
        }

        if (payload.Sender is { Type: "Bot" } bot && name is not ("check_run" or "check_suite" or "workflow_run" or "push" or "pull_request")
            && !settings.Bots.Contains(bot.Login, StringComparer.OrdinalIgnoreCase))
        {
            return new TriggerDecision.Ignored($"{bot.Login} is a bot that {TriggerSettings.Path} does not list");
        }

        // With a personal token we act under a person's login: our words are told by their hidden marks.
        if (IsMarked(payload.Comment?.Body) || IsMarked(payload.Review?.Body))
        {
            return new TriggerDecision.Ignored("we wrote it ourselves");
        }

        return (name, payload) switch
        {
            ("issues", { Issue: { } issue }) => Issue(payload, issue, settings),
            ("issue_comment", { Issue: { } issue, Comment: { } comment }) => Comment(payload, issue.Number, comment, issue.IsPullRequest, settings),
            ("pull_request_review_comment", { PullRequest: { } pull, Comment: { } comment }) => Comment(payload, pull.Number, comment, isPullRequest: true, settings),
            ("pull_request_review", { PullRequest: { } pull, Review: { } review }) => Review(payload, pull, review, settings),
            ("pull_request", { PullRequest: { } pull, Action: "closed" or "reopened" or "synchronize" or "ready_for_review" }) => Changed(pull, payload.Action),
            ("push", { Ref: { } reference, After: { } commit }) => Pushed(reference, commit, settings),
            ("check_run" or "check_suite" or "workflow_run", _) => Check(payload, settings),
            _ => new TriggerDecision.Ignored($"nothing is started by {name}{(payload.Action is { } action ? $" {action}" : "")}"),
        };
    }

    private TriggerDecision Issue(WebhookPayload payload, WebhookIssue issue, TriggerSettings settings)
    {
        if (issue is { State: not "open" })
        {
            return new TriggerDecision.Ignored($"issue #{issue.Number} is {issue.State}");
        }

        var text = $"{TriggerText.Title(issue.Title)}\n\n{TriggerText.Clean(issue.Body)}".Trim();
        switch (payload)
        {
            case { Action: "labeled", Label: { } label }:
                return settings.Label.Length > 0 && string.Equals(label.Name, settings.Label, StringComparison.OrdinalIgnoreCase)
                    ? Start(payload, issue, text, settings)
                    : new TriggerDecision.Ignored($"the label {label.Name} starts nothing");
            case { Action: "assigned", Assignee: { } assignee } when IsAssignedToUs(assignee):
                return settings.Assignment
                    ? Start(payload, issue, text, settings)
                    : new TriggerDecision.Ignored($"{TriggerSettings.Path} turns assignments off");
            case { Action: "reopened" } when (settings.Label.Length > 0 && IsLabeled(issue, settings)) || (settings.Assignment && issue.Assignees?.Any(IsAssignedToUs) == true):
                var start = Start(payload, issue, text, settings);
                return start is TriggerDecision.Wanted wanted ? wanted with { Assignee = settings.Assignment ? issue.Assignees?.FirstOrDefault(IsAssignedToUs)?.Login : null } : start;
            case { Action: "opened" or "edited" } when settings.Mention && TriggerText.AfterMention(TriggerText.Clean(issue.Body), app) is { } said:
                if (payload.Action == "edited" && (payload.Changes?.Body is not { } before || TriggerText.AfterMention(TriggerText.Clean(before.From), app) is not null))
                {
                    return new TriggerDecision.Ignored($"an edit that adds no mention of @{app} starts nothing");
                }

                return Command(said, issue.Number, text, Moment(issue, ""), payload.Sender, isPullRequest: false) is TriggerDecision.Wanted { Command: not (TriggerCommand.Fix or TriggerCommand.Plan or TriggerCommand.Review) } other
                    ? other
                    : Start(payload, issue, text, settings);
            default:
                return new TriggerDecision.Ignored($"an issue that is {payload.Action} starts nothing");
        }
    }

    // One key for all ways in which an issue starts work at a moment: opened with a mention and a label it tells of both. Whether what is
    // asked for at another moment is another request is seen from the tasks there are.
    private TriggerDecision Start(WebhookPayload payload, WebhookIssue issue, string text, TriggerSettings settings)
    {
        var said = settings.Mention ? TriggerText.AfterMention(TriggerText.Clean(issue.Body), app) : null;
        var command = said is not null && Command(said, issue.Number, text, "", payload.Sender, isPullRequest: false) is TriggerDecision.Wanted { Command: TriggerCommand.Plan }
            ? TriggerCommand.Plan
            : TriggerCommand.Fix;
        var decision = Wanted(command, issue.Number, text, Moment(issue, ":start"), payload.Sender);
        return decision is TriggerDecision.Wanted wanted ? wanted with { Topic = $"issue:{issue.Number}:start", Said = said } : decision;
    }

    private static string Moment(WebhookIssue issue, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"issue:{issue.Number}{what}{(issue.UpdatedAt is { } at ? $":{at.ToUnixTimeSeconds()}" : "")}");

    private static bool IsLabeled(WebhookIssue issue, TriggerSettings settings) =>
        issue.Labels?.Any(label => string.Equals(label.Name, settings.Label, StringComparison.OrdinalIgnoreCase)) == true;

    private bool IsAssignedToUs(UserInfo assignee) => IsUs(assignee) || (account is not null && string.Equals(assignee.Login, account, StringComparison.OrdinalIgnoreCase));

    private TriggerDecision Comment(WebhookPayload payload, int number, WebhookComment comment, bool isPullRequest, TriggerSettings settings)
    {
        // An edited comment says something else than what was decided on; only new ones count.
        if (payload.Action != "created")
        {
            return new TriggerDecision.Ignored($"a comment that is {payload.Action} starts nothing");
        }

        if (!settings.Mention)
        {
            return new TriggerDecision.Ignored($"{TriggerSettings.Path} turns mentions off");
        }

        if (TriggerText.AfterMention(TriggerText.Clean(comment.Body), app) is not { } said)
        {
            return new TriggerDecision.Ignored($"@{app} is not mentioned");
        }

        // The author, not the sender: a comment is asked for by who wrote it.
        var decision = Command(said, number, Where(comment) + said, $"{(comment.Path is null ? "comment" : "line")}:{comment.Id}", comment.User, isPullRequest);
        return decision is TriggerDecision.Wanted wanted ? wanted with { Comment = comment.Id } : decision;
    }

    private TriggerDecision Review(WebhookPayload payload, WebhookPullRequest pull, WebhookReview review, TriggerSettings settings)
    {
        if (payload.Action == "submitted" && settings.Mention && !string.Equals(review.State, "changes_requested", StringComparison.OrdinalIgnoreCase)
            && TriggerText.AfterMention(TriggerText.Clean(review.Body), app) is { } said)
        {
            return Command(said, pull.Number, said, $"review:{review.Id}", review.User, isPullRequest: true);
        }

        if (payload.Action != "submitted" || !string.Equals(review.State, "changes_requested", StringComparison.OrdinalIgnoreCase))
        {
            return new TriggerDecision.Ignored($"a review that is {payload.Action} as {review.State} starts nothing");
        }

        return settings.ChangesRequested
            ? Wanted(TriggerCommand.FollowUp, pull.Number, TriggerText.Clean(review.Body), $"review:{review.Id}", review.User)
            : new TriggerDecision.Ignored($"{TriggerSettings.Path} turns requested changes off");
    }

    private TriggerDecision Check(WebhookPayload payload, TriggerSettings settings)
    {
        var check = payload.CheckRun ?? payload.CheckSuite ?? payload.WorkflowRun;
        if (payload.Action != "completed" || check?.Conclusion is not ("failure" or "timed_out"))
        {
            // A workflow that cannot start has no check that says why, and its file is one that only a person changes.
            return new TriggerDecision.Ignored(check?.Conclusion == "startup_failure"
                ? "a workflow that could not start is mended in its file, which a person has to change"
                : $"a check that is {check?.Conclusion ?? payload.Action} starts nothing");
        }

        if (check is { Name: VerificationCheck.Name } || (check.App?.Slug is { } slug && string.Equals($"{slug}[bot]", bot, StringComparison.OrdinalIgnoreCase)))
        {
            return new TriggerDecision.Ignored("it is our own check");
        }

        if ((check.CheckSuite?.HeadBranch ?? check.HeadBranch) is { } branch && !branch.StartsWith(OwnBranches, StringComparison.Ordinal))
        {
            return new TriggerDecision.Ignored("it is on a branch that is not ours");
        }

        // All of them tell of the same failures, and any of them may be missed. They are numbered apart; that a head is mended once is seen to later.
        var kind = payload.CheckRun is not null ? "check" : payload.CheckSuite is not null ? "suite" : "workflow";
        return settings.CheckFixes > 0
            ? new TriggerDecision.Wanted(TriggerCommand.FixCheck, 0, VisibleText.Line(check.Name ?? ""), $"{kind}:{check.Id}") { HeadCommit = check.HeadSha }
            : new TriggerDecision.Ignored($"{TriggerSettings.Path} turns check fixes off");
    }

    private static TriggerDecision Pushed(string reference, string commit, TriggerSettings settings) =>
        !reference.StartsWith(Branches, StringComparison.Ordinal) ? new TriggerDecision.Ignored($"{VisibleText.Line(reference, 100)} is not a branch")
        : reference.StartsWith(Branches + OwnBranches, StringComparison.Ordinal) ? new TriggerDecision.Ignored("it is a branch of ours, whose pull request has a delivery of its own")
        : commit.All(digit => digit == '0') ? new TriggerDecision.Ignored("the branch was deleted")
        : settings.Conflicts ? new TriggerDecision.Wanted(TriggerCommand.BaseMoved, 0, reference[Branches.Length..], $"push:{reference}:{commit}") { HeadCommit = commit }
        : new TriggerDecision.Ignored($"{TriggerSettings.Path} turns conflicts off");

    // Which of them it is now is asked live, so that late and repeated deliveries do no harm.
    private static TriggerDecision Changed(WebhookPullRequest pull, string? action) => pull.Head is { Ref: { } branch } && !branch.StartsWith(OwnBranches, StringComparison.Ordinal)
        ? new TriggerDecision.Ignored($"pull request #{pull.Number} is not ours")
        : new TriggerDecision.Wanted(
            action switch { "closed" => TriggerCommand.End, "reopened" => TriggerCommand.Reopen, _ => TriggerCommand.Pushed },
            pull.Number,
            pull.Merged == true ? "merged" : action ?? "",
            string.Create(CultureInfo.InvariantCulture, $"{action}:{pull.Number}:{pull.Head?.Sha}:{pull.UpdatedAt?.ToUnixTimeSeconds()}"));

    private static TriggerDecision Command(string said, int number, string text, string key, UserInfo? author, bool isPullRequest)
    {
        var word = said.Split([' ', '\n', '\t', ',', ':', '.', '!'], 2)[0].ToLowerInvariant();
        var command = SpokenCommand.Of(said) ?? word switch
        {
            "review" => TriggerCommand.Review,
            "plan" => TriggerCommand.Plan,
            _ => isPullRequest ? TriggerCommand.FollowUp : TriggerCommand.Fix,
        };
        return Wanted(command, number, text, $"{key}:{command.ToString().ToLowerInvariant()}", author, said);
    }

    private static TriggerDecision Wanted(TriggerCommand command, int number, string text, string key, UserInfo? author, string? said = null) => author is null
        ? new TriggerDecision.Ignored("the account that asked is gone")
        : new TriggerDecision.Wanted(command, number, text, key) { Actor = author.Login, ActorId = author.Id, Said = said };

    private static bool IsMarked(string? body) => body?.Contains(OwnMark, StringComparison.Ordinal) == true;

    private static string Where(WebhookComment comment) => comment.Path is null ? "" : $"{VisibleText.Line(comment.Path)}{(comment.Line is { } line ? $":{line}" : "")}\n{TriggerText.Diff(comment.DiffHunk)}\n\n";

    // A person may be called as the App is, and as it is mentioned; nobody but the App has its login.
    private bool IsUs(UserInfo user) => bot is not null && string.Equals(user.Login, bot, StringComparison.OrdinalIgnoreCase);
}
