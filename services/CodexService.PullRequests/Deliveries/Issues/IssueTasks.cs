using CodexService.Contracts.Api;
using CodexService.GitHub.Rest;
using CodexService.GitHub.Webhooks;
using CodexService.PullRequests.FollowUps;
using CodexService.PullRequests.Triggers;

namespace CodexService.PullRequests.Deliveries.Issues;

/// <summary>Makes a task of an issue.</summary>
internal sealed class IssueTasks(OurWork work, TaskStarter starter) : ITriggerAction
{
    private static readonly TimeSpan OneRequest = TimeSpan.FromMinutes(1);

    public ValueTask<bool> TakesAsync(TriggerContext context, CancellationToken cancellationToken) => ValueTask.FromResult(
        context is { Wanted.Command: TriggerCommand.Fix or TriggerCommand.Plan, Payload.Issue: { IsPullRequest: false } });

    // Labels, assignments and mentions in the issue itself may be told of days later, in any order. A comment says itself what is wanted.
    public async Task<TriggerOutcome?> AgainstAsync(TriggerContext context, CancellationToken cancellationToken)
    {
        if (context.Wanted.Comment is not null)
        {
            return null;
        }

        var issue = context.Payload.Issue!;
        if (await work.TaskAsync(context.Info, issue.Number, cancellationToken) is { } task)
        {
            if (task.IsActive && await work.IsStoppingAsync(task.Id, cancellationToken))
            {
                // Who stops it and asks anew wants another one; two at once are never there.
                return TriggerOutcome.Later($"it waits for the end of the work on issue #{issue.Number} that is being stopped");
            }

            if (task.IsActive || task.Pull is { State: PullRequestState.Open or PullRequestState.Merging })
            {
                return new TriggerOutcome(DeliveryState.Ignored, $"issue #{issue.Number} is worked on already", task.Id);
            }

            // What comes with what started it is the same request, unless that was stopped in between.
            var asked = await work.AskedAtAsync(task.Id, cancellationToken);
            if (context.SaidAt <= (task.State == TaskState.Cancelled ? asked : asked + OneRequest))
            {
                return new TriggerOutcome(DeliveryState.Ignored, $"issue #{issue.Number} was worked on for this already", task.Id);
            }
        }

        return await context.Repository.Issues.FindAsync(issue.Number, cancellationToken) switch
        {
            null => Ignored($"issue #{issue.Number} is gone"),
            var live when live.Number != issue.Number => Ignored($"issue #{issue.Number} was moved to another repository"),
            { State: not "open" } => Ignored($"issue #{issue.Number} is closed by now"),
            var live => context.Payload switch
            {
                { Action: "labeled", Label: { } label } when !Has(live, label.Name) => Ignored($"the label {TriggerText.Clean(label.Name)} was taken off again"),
                { Action: "assigned", Assignee: { } assignee } when !IsAssigned(live, assignee.Login) => Ignored("the assignment was taken back"),
                { Action: "reopened" } when !Has(live, context.Settings.Label) && !IsAssigned(live, context.Wanted.Assignee) => Ignored("label and assignment were taken back"),
                _ => null,
            },
        };
    }

    public async Task<TriggerOutcome> RunAsync(TriggerContext context, CancellationToken cancellationToken)
    {
        var issue = context.Payload.Issue!;
        var prompt = await IssuePrompt.WriteAsync(context, cancellationToken);
        if (prompt.Text.Length == 0)
        {
            return TriggerOutcome.Refused("the issue says nothing that can be worked on: write what is wrong and what should happen instead, then ask again");
        }

        var outcome = await starter.StartAsync(
            context,
            new NewTask(
                prompt.Text,
                context.Info.DefaultBranch,
                IsPullRequest: false,
                $"{context.Info.HtmlUrl}/issues/{issue.Number}",
                issue.Title,
                $"a task was started for issue #{issue.Number}"),
            cancellationToken);
        return outcome.TaskId is null ? outcome : outcome with { Reply = prompt.Cut };
    }

    private static bool Has(IssueInfo live, string label) => live.Labels.Any(one => string.Equals(one.Name, label, StringComparison.OrdinalIgnoreCase));

    private static bool IsAssigned(IssueInfo live, string? login) => login is not null && live.Assignees?.Any(one => string.Equals(one.Login, login, StringComparison.OrdinalIgnoreCase)) == true;

    private static TriggerOutcome Ignored(string why) => new(DeliveryState.Ignored, why);
}
