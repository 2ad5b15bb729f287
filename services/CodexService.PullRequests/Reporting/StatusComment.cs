using System.Globalization;
using System.Text;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.PullRequests.Forges;

namespace CodexService.PullRequests.Reporting;

/// <summary>Writes the one comment on an issue or pull request that tells where its task is.</summary>
internal static class StatusComment
{
    private const int LongestPlan = 8000;
    private const int LongestSummary = 8000;
    private const int LongestAnswer = 20_000;
    private const int MostRounds = 20;

    /// <summary>The Markdown that people see, at most what GitHub takes.</summary>
    public static string Write(TaskStanding task)
    {
        var text = new StringBuilder();
        text.Append("### ").Append(Headline(task)).Append("\n\n");
        if (Says(task) is { } says)
        {
            text.Append(says).Append("\n\n");
        }

        text.Append(GitHubMarkdown.Facts(Facts(task)));
        foreach (var plan in task.Plans)
        {
            text.Append('\n').Append(GitHubMarkdown.Folded(
                task.Plans.Count == 1 ? "The plan" : $"The plan of attempt {plan.Attempt}", GitHubMarkdown.Quote(plan.Text, LongestPlan), open: true));
        }

        if (Found(task) is { } found)
        {
            text.Append('\n').Append(found);
        }

        if (task.Earlier.Count > 0)
        {
            text.Append('\n').Append(GitHubMarkdown.Folded($"Before this ({Quantity.Of(task.Earlier.Count, "round")})", Earlier(task)));
        }

        if (Next(task) is { } next)
        {
            text.Append('\n').Append(next).Append('\n');
        }

        return GitHubMarkdown.Bounded(text.ToString());
    }

    private static string Headline(TaskStanding task) => task switch
    {
        { PullRequest: { State: PullRequestState.Merged } pull } => $"🎉 Merged: {PullRequest(pull)}",
        { PullRequest: { State: PullRequestState.Closed } pull, IsOver: true } => $"🚪 Closed without a merge: {PullRequest(pull)}",
        { Plans.Count: > 0, State: TaskState.Paused } => "📝 The plan waits for your approval",
        { State: TaskState.Queued } => $"⏳ Queued, {Place(task.Ahead)}",
        { State: TaskState.Running } => $"🛠️ Working on it: {Stage(task.Stage)}",
        { State: TaskState.Paused } => "⏸️ Paused",
        { State: TaskState.Succeeded, Kind: TaskKind.Review, ReviewProblem: not null } => "❌ The review could not be posted",
        { State: TaskState.Succeeded, Kind: TaskKind.Review } => "🔍 Reviewed",
        { State: TaskState.Publishing } => "📤 Verified; the pull request is being " + (task.PullRequest is null ? "opened" : "updated"),
        { State: TaskState.Succeeded, Kind: TaskKind.Ask } => "💬 Answered",
        { State: TaskState.NoChange, Kind: TaskKind.Review } => "➖ No review was made",
        { Outcome: TaskState.Failed, ByHand: not null } => "✋ Verified, but only a person may make this change",
        { State: TaskState.Succeeded, PullRequest: { } pull } => $"✅ Ready for review: {PullRequest(pull)}",
        { State: TaskState.Succeeded } => "✅ Done",
        { State: TaskState.NoChange } => "➖ No verified change was found",
        { State: TaskState.TimedOut } => "⌛ The time was used up",
        { State: TaskState.Cancelled } => "⏹️ Stopped",
        _ => "❌ It failed",
    };

    // One line of words, where the headline does not say it all.
    private static string? Says(TaskStanding task) => task switch
    {
        { Plans.Count: > 0, State: TaskState.Paused } =>
            $"Nothing is changed before you approve it: comment `@{task.Mention} approve`{(task.Link is { } link ? $", or {GitHubMarkdown.Link("change or answer it in the dashboard", link.AbsoluteUri)}" : "")}.",
        { State: TaskState.Succeeded, ReviewProblem: { Length: > 0 } problem } => Sentence(GitHubMarkdown.Line(problem, 600)),
        { LastRound: { } last } => Sentence(GitHubMarkdown.Line(last.InWords(), 600)),
        { State: TaskState.Succeeded, Kind: not TaskKind.Review } => null,
        { IsOver: true, Reason.Length: > 0 } => Sentence(GitHubMarkdown.Line(task.Reason!, 600)),
        _ => null,
    };

    private static IEnumerable<(string Name, string? Value)> Facts(TaskStanding task)
    {
        var proof = task.State == TaskState.Succeeded ? task.Verification : null;
        yield return ("Asked by", GitHubMarkdown.Line(task.RequestedBy, 60));
        if (!task.IsOver)
        {
            yield return ("Attempts", task.Attempts > 1 ? $"{task.Attempts} in parallel" : null);
            yield return ("Running", task.Elapsed is { } elapsed ? Roughly(elapsed) : null);
        }

        yield return ("Pull request", task.PullRequest is { } pull && (!task.IsOver || task.State != TaskState.Succeeded) ? PullRequest(pull) : null);
        yield return ("Review", task.ReviewUrl is { } review ? GitHubMarkdown.Link("on this pull request", review) : null);
        yield return ("Commit", task is { State: TaskState.Succeeded, PullRequest: { } published } ? $"`{Short(published.HeadCommit)}` on {ForeignText.Code(published.Branch)}" : null);
        yield return ("Tests", proof is null ? null : VerificationCheck.InWords(proof) + ((task.FailingSince.Count > 0 ? FailingSince(task) : task.PullRequest?.Doubt) is { } doubt ? $"; {doubt}" : ""));
        yield return ("Changes tests", proof is { ChangedTests.Count: > 0 } ? $"{Quantity.Of(proof.ChangedTests.Count, "file")}; read them first" : null);
        yield return ("Waits for approval", task.PullRequest is { State: PullRequestState.Open, Held.Count: > 0 } holding
            ? string.Join(", ", holding.Held.Take(3).Select(ForeignText.Code)) + (holding.Held.Count > 3 ? $" and {holding.Held.Count - 3} more" : "")
            : null);
        yield return ("Took", task is { IsOver: true, Elapsed: { } took } ? Exactly(took) : null);
        yield return (task.IsOver ? "Log and evidence" : "Live log", task.Link is { } link ? GitHubMarkdown.Link("dashboard", link.AbsoluteUri) : null);
    }

    private static string? Found(TaskStanding task) => task switch
    {
        { Kind: TaskKind.Review } => null, // It is posted as a review.
        { Outcome: TaskState.Failed, ByHand: { } patch } => PatchByHandComment.Write(task.PullRequest is { State: PullRequestState.Open } pull ? pull.Branch : null, patch),
        { State: TaskState.Succeeded, Summary.Length: > 0, Kind: TaskKind.Ask } => GitHubMarkdown.Quote(task.Summary!, LongestAnswer) + "\n",
        { State: TaskState.Succeeded, Summary.Length: > 0, Kind: TaskKind.Change } => GitHubMarkdown.Folded("What was found and done", GitHubMarkdown.Quote(task.Summary!, LongestSummary)),
        _ => null,
    };

    private static string Earlier(TaskStanding task)
    {
        var left = task.Earlier.Count - MostRounds;
        var text = new StringBuilder(left > 0 ? $"- {left} older\n" : "");
        foreach (var round in task.Earlier.TakeLast(MostRounds))
        {
            text.Append("- ").Append(round.State == AttemptState.Succeeded ? "✅" : "➖").Append(' ')
                .Append(GitHubMarkdown.Line(ForeignText.FirstLine(ForeignText.Shorten(round.Prompt, 1000)), 120)).Append(": ").Append(GitHubMarkdown.Line(round.Outcome, 160)).Append('\n');
        }

        return text.ToString();
    }

    private static string? Next(TaskStanding task)
    {
        var isOpen = task.PullRequest is null or { State: PullRequestState.Open };
        return task switch
        {
            { Kind: TaskKind.Ask } or { Kind: TaskKind.Review, State: TaskState.Succeeded } => null,
            { LastRound: not null, PullRequest.State: PullRequestState.Open } =>
                $"Comment `@{task.Mention} retry` to try again, or `@{task.Mention} <what to do>` to say more.",
            { State: TaskState.Succeeded, PullRequest: { IsOnGitHub: true, State: PullRequestState.Open } } =>
                $"Something to change? Review it with *Request changes*, or comment `@{task.Mention} <what to change>` on the pull request.",
            { IsOver: true, Kind: TaskKind.Review } => $"Comment `@{task.Mention} retry` to try again, or `@{task.Mention} review <what to look at>` for another one.",
            { IsOver: true, State: not TaskState.Succeeded } when isOpen =>
                $"Comment `@{task.Mention} retry` to try again, or `@{task.Mention} <what to do>` to say more.",
            { State: TaskState.Running or TaskState.Queued } => $"`@{task.Mention} stop` ends it.",
            _ => null,
        };
    }

    private static string PullRequest(ShownPullRequest pull) => $"{GitHubMarkdown.Link($"#{pull.Number}", pull.Url)} {GitHubMarkdown.Line(pull.Title, 100)}".TrimEnd();

    // The place itself, as far as the next ten. Further back it is told in steps: each start moves all behind it, and each of them would be a
    // write, of which GitHub takes 80 a minute; a hundred waiting tasks would use up more than that with every start.
    private static string Place(int ahead) => ahead switch
    {
        0 => "next in line",
        <= 10 => $"{Quantity.Of(ahead, "attempt")} before it",
        <= 30 => "more than 10 attempts before it",
        <= 100 => "more than 30 attempts before it",
        _ => "more than 100 attempts before it",
    };

    private static string Stage(string? stage) => stage switch
    {
        null or "" => "starting",
        "checkout" => "getting the repository",
        "sandbox" => "starting the sandbox",
        "reproduce" => "running the tests",
        "localize" => "looking for the fault",
        "search" => "trying changes",
        "export" => "reading the patch",
        "verify" => "verifying the patch",
        _ => GitHubMarkdown.Line(stage, 40),
    };

    // In steps, as each one is a write to GitHub.
    private static string Roughly(TimeSpan elapsed)
    {
        int[] steps = [1, 2, 5, 10, 15, 20, 30, 45, 60];
        var minutes = (int)elapsed.TotalMinutes;
        return minutes switch
        {
            0 => "less than a minute",
            >= 120 => $"more than {minutes / 60} hours",
            _ => $"more than {Quantity.Of(steps.Last(step => step <= minutes), "minute")}",
        };
    }

    private static string Exactly(TimeSpan took) => took.TotalMinutes < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{took.TotalSeconds:0} s")
        : took.TotalHours < 1 ? $"{took.Minutes} min {took.Seconds} s" : $"{(int)took.TotalHours} h {took.Minutes} min";

    private static string Sentence(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..] + (text[^1] is '.' or '!' or '?' or '…' ? "" : ".");

    /// <summary>What a later round saw of the tests that prove the head.</summary>
    internal static string FailingSince(TaskStanding task) =>
        $"{Quantity.Of(task.FailingSince.Count, "test")} that proved it {(task.FailingSince.Count == 1 ? "fails" : "fail")} on this commit by now";

    internal static string Short(string commit) => commit.Length > 10 ? commit[..10] : commit;
}
