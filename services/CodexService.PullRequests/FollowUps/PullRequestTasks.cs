using System.Text;
using CodexService.Contracts.Api;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Triggers;
using CodexService.Repositories;
using CodexService.Repositories.Inspection;
using CodexService.Tasks.Budgets;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.FollowUps;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.Submission;
using Microsoft.Extensions.Options;

namespace CodexService.PullRequests.FollowUps;

/// <summary>
/// Makes a task of a mention on a pull request that somebody else opened: its work is based on that pull request's branch. The same
/// mention finds the task that it made before.
/// </summary>
internal sealed class PullRequestTasks(OurWork work, TaskStore store, RepositoryInspector inspector, UserBudgets budgets, IOptions<GitHubTaskOptions> options) : ITriggerAction
{
    public async ValueTask<bool> TakesAsync(TriggerContext context, CancellationToken cancellationToken) =>
        context.Wanted is { Command: TriggerCommand.FollowUp or TriggerCommand.Plan, Said: not null }
        && context.Payload is { PullRequest: not null } or { Issue.IsPullRequest: true }
        && await work.PullRequestAsync(context.Info, context.Wanted.Number, cancellationToken) is null;

    public async Task<TriggerOutcome> RunAsync(TriggerContext context, CancellationToken cancellationToken)
    {
        var (wanted, actor) = (context.Wanted, context.Wanted.Actor!);
        var pull = await context.Repository.PullRequests.GetAsync(wanted.Number, cancellationToken);
        if (pull.State != "open")
        {
            return TaskCommands.Refused($"pull request #{pull.Number} is {(pull.MergedAt is null ? "closed" : "merged")}; open an issue for further work");
        }

        if (!string.Equals(pull.Head.Repo?.FullName, context.Info.FullName, StringComparison.OrdinalIgnoreCase))
        {
            return TaskCommands.Refused("the branch of this pull request is in a fork, where I do not work; bring it to this repository, or open an issue");
        }

        var user = $"github:{actor}";
        if (budgets.IsLimited(user) && await budgets.StandingAsync(user, cancellationToken) is { UsedUp: { } usedUp })
        {
            return TaskCommands.Refused(usedUp);
        }

        RepositoryAddress address;
        string? testCommand;
        try
        {
            address = RepositoryAddress.Parse(context.Info.CloneUrl);
            testCommand = context.Settings.TestCommand ?? (await inspector.InspectAsync(address, cancellationToken)).TestCommand;
        }
        catch (RepositoryException e) when (e.Kind != RepositoryErrorKind.Unreachable)
        {
            return TaskCommands.Refused(e.Message);
        }

        if (testCommand is null)
        {
            return TaskCommands.Refused($"no test command was found in the repository: put one into {TriggerSettings.Path} on {context.Info.DefaultBranch}, for example test_command: npm test");
        }

        var submitted = await store.SubmitAsync(
            new TaskSubmission(
                address.Value,
                await PromptAsync(context, pull, cancellationToken),
                testCommand,
                pull.Head.Ref,
                context.Settings.Attempts,
                TimeSpan.FromSeconds(options.Value.TimeoutSeconds),
                BrainChoice.Auto,
                $"github:{context.Repository.Name.ToString().ToLowerInvariant()}:{wanted.Key}")
            {
                ApprovePlan = wanted.Command == TriggerCommand.Plan,
                SubmittedBy = user,
                Origin = new SubmissionOrigin(context.Repository.Name.ToString(), pull.Number, IsPullRequest: true, actor, pull.HtmlUrl, TriggerText.Clean(pull.Title), wanted.Comment),
            },
            cancellationToken);
        return new TriggerOutcome(DeliveryState.Acted, $"a task was started on the branch of pull request #{pull.Number}", submitted.TaskId);
    }

    private static async Task<string> PromptAsync(TriggerContext context, GitHub.Rest.PullRequestInfo pull, CancellationToken cancellationToken)
    {
        var said = await FeedbackReader.ReadAsync(context, cancellationToken);
        var prompt = new StringBuilder(said.Text.Length > 0 ? said.Text : "Do what the comment on this line asks for.").Append('\n');
        foreach (var comment in said.Comments)
        {
            prompt.Append("\nOn ").Append(TriggerText.Clean(comment.Path)).Append(comment.Line is { } line ? $":{line}" : "").Append(":\n\n");
            foreach (var quoted in TriggerText.Clean(comment.Quote).Split('\n').TakeLast(20))
            {
                prompt.Append("    ").Append(quoted).Append('\n');
            }

            prompt.Append('\n').Append(comment.Body).Append('\n');
        }

        // Its title and text reach the model only when who wrote them may write here anyway.
        if (pull.User is { } author && (context.IsListedBot(author.Login) || await new WriteAccess(context.Repository).HasAsync(author.Login, cancellationToken)))
        {
            prompt.Append($"\nThe work is based on the branch of pull request #{pull.Number} by {author.Login}: {TriggerText.Clean(pull.Title)}\n\n{TriggerText.Clean(pull.Body)}\n");
        }

        return prompt.ToString().TrimEnd() + "\n";
    }
}
