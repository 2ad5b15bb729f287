using CodexService.Contracts.Api;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Triggers;
using CodexService.Tasks;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.FollowUps;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.FollowUps;

/// <summary>
/// Stops and retries the work of an issue or pull request, changes and reviews alike; each command once, and none that was said before the
/// round began that runs now.
/// </summary>
internal sealed class TaskCommands(OurWork work, PendingFollowUps pending, IDbContextFactory<TasksDbContext> contexts) : ITriggerAction
{
    // What was asked for a moment before the command may begin a moment after it, and is what it means.
    private static readonly TimeSpan Moment = TimeSpan.FromMinutes(1);
    private static readonly string[] Beginnings = [TaskEventTypes.TaskRetried, TaskEventTypes.ConflictResolutionRequested];

    public async ValueTask<bool> TakesAsync(TriggerContext context, CancellationToken cancellationToken) =>
        context.Wanted.Command is TriggerCommand.Stop or TriggerCommand.Retry && await FindAsync(context, cancellationToken) is not null;

    public async Task<TriggerOutcome> RunAsync(TriggerContext context, CancellationToken cancellationToken)
    {
        var stops = context.Wanted.Command == TriggerCommand.Stop;
        var id = (await FindAsync(context, cancellationToken))!.Value;
        var asked = Asked(context, id, PendingKind.Command, context.Wanted.Key);
        if (await pending.FindAsync(asked.Repository, asked.Key, cancellationToken) is { } before)
        {
            // It was handled before, up to its last step, and what it did may have changed which task is meant.
            return Done(before.TaskId, stops);
        }

        if (await HasBegunSinceAsync(id, context.SaidAt + Moment, cancellationToken))
        {
            return TriggerOutcome.Refused($"other work began after this was said; look at it and say {(stops ? "stop" : "retry")} again", id);
        }

        try
        {
            await pending.OnceAsync(
                asked,
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
            return TriggerOutcome.Refused(e.Message, id);
        }

        return Done(id, stops);
    }

    private Task<Guid?> FindAsync(TriggerContext context, CancellationToken cancellationToken) => context.Wanted.Command == TriggerCommand.Stop
        ? work.ToStopAsync(context.Info, context.Wanted.Number, cancellationToken)
        : work.ToRetryAsync(context.Info, context.Wanted.Number, cancellationToken);

    private static TriggerOutcome Done(Guid id, bool stops) => new(DeliveryState.Acted, stops ? "the task was stopped" : "another attempt was started", id);

    // What was asked for before the command counts as begun before it, however late GitHub told of that.
    private async Task<bool> HasBegunSinceAsync(Guid id, DateTimeOffset later, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var said = later - Moment;
        var asked = await db.TaskOrigins.Where(origin => origin.TaskId == id).Select(origin => origin.SaidAt).SingleOrDefaultAsync(cancellationToken);
        string[] beginnings = asked is null ? [TaskEventTypes.TaskSubmitted, .. Beginnings] : Beginnings;
        return asked > said
            || await db.TaskEvents.AnyAsync(entry => entry.TaskId == id && entry.At > later && beginnings.Contains(entry.Type), cancellationToken)
            || await db.TaskPrompts.AnyAsync(
                prompt => prompt.TaskId == id && prompt.At > later
                    && (!db.PendingFollowUps.Any(f => f.TaskId == id && f.PromptNumber == prompt.Number)
                        || db.PendingFollowUps.Any(f => f.TaskId == id && f.PromptNumber == prompt.Number && (f.SaidAt == null || f.SaidAt > said))),
                cancellationToken);
    }

    /// <summary>What a delivery asks of a task, as it is stored.</summary>
    internal static PendingFollowUp Asked(TriggerContext context, Guid taskId, PendingKind kind, string key, string? head = null) => new()
    {
        TaskId = taskId,
        Repository = context.Repository.Name.ToString().ToLowerInvariant(),
        Key = key,
        Kind = kind,
        HeadCommit = head,
        SaidAt = context.SaidAt.ToUniversalTime(),
    };
}
