using CodexService.Contracts.Api;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Triggers;
using CodexService.Tasks;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.FollowUps;

namespace CodexService.PullRequests.FollowUps;

/// <summary>Stops and retries the task of an issue or of our pull request; each command once.</summary>
internal sealed class TaskCommands(OurWork work, PendingFollowUps pending) : ITriggerAction
{
    public async ValueTask<bool> TakesAsync(TriggerContext context, CancellationToken cancellationToken) =>
        context.Wanted.Command is TriggerCommand.Stop or TriggerCommand.Retry && await work.TaskAsync(context.Info, context.Wanted.Number, cancellationToken) is not null;

    public async Task<TriggerOutcome> RunAsync(TriggerContext context, CancellationToken cancellationToken)
    {
        var task = (await work.TaskAsync(context.Info, context.Wanted.Number, cancellationToken))!;
        var stops = context.Wanted.Command == TriggerCommand.Stop;
        try
        {
            await pending.OnceAsync(
                Asked(context, task.Id, PendingKind.Command, context.Wanted.Key),
                (current, now) =>
                {
                    if (stops)
                    {
                        current.RequestCancel(now);
                    }
                    else
                    {
                        current.Retry($"github:{context.Wanted.Actor}");
                    }
                },
                cancellationToken);
        }
        catch (TaskConflictException e)
        {
            return TriggerOutcome.Refused(e.Message, task.Id);
        }

        return new TriggerOutcome(DeliveryState.Acted, stops ? "the task was stopped" : "another attempt was started", task.Id);
    }

    /// <summary>What a delivery asks of a task, as it is stored.</summary>
    internal static PendingFollowUp Asked(TriggerContext context, Guid taskId, PendingKind kind, string key, string? head = null) => new()
    {
        TaskId = taskId,
        Repository = context.Repository.Name.ToString().ToLowerInvariant(),
        Key = key,
        Kind = kind,
        HeadCommit = head,
    };
}
