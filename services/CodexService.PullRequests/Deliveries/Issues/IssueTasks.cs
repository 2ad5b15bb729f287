using CodexService.Contracts.Api;
using CodexService.PullRequests.FollowUps;
using CodexService.PullRequests.Triggers;

namespace CodexService.PullRequests.Deliveries.Issues;

/// <summary>Makes a task of an issue.</summary>
internal sealed class IssueTasks(OurWork work, TaskStarter starter) : ITriggerAction
{
    public ValueTask<bool> TakesAsync(TriggerContext context, CancellationToken cancellationToken) => ValueTask.FromResult(
        context is { Wanted.Command: TriggerCommand.Fix or TriggerCommand.Plan, Payload.Issue: { IsPullRequest: false } });

    public async Task<TriggerOutcome> RunAsync(TriggerContext context, CancellationToken cancellationToken)
    {
        var issue = context.Payload.Issue!;
        if (context.Wanted.Comment is null && await work.TaskAsync(context.Info, issue.Number, cancellationToken) is { } task && (task.IsActive || task.Pull is { State: PullRequestState.Open }))
        {
            return new TriggerOutcome(DeliveryState.Ignored, $"issue #{issue.Number} is worked on already", task.Id);
        }

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
}
