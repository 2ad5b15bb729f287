using CodexService.Contracts.Api;
using CodexService.Tasks.Leases;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.Steering;

/// <summary>What people said and want, as attempts and clients read it. Thread-safe.</summary>
public sealed class TaskSteering(IDbContextFactory<TasksDbContext> contexts, TaskStore tasks)
{
    /// <summary>What an attempt has to know before its next turn. One query, and a second one when there are messages.</summary>
    /// <param name="lease">The attempt.</param>
    /// <param name="messagesRead">Number of the newest message that the attempt has read; 0 for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LeaseLostException">The attempt belongs to somebody else by now.</exception>
    public async Task<AttemptSteering> ReadAsync(AttemptLease lease, int messagesRead, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var (id, epoch) = (lease.AttemptId, lease.Epoch);
        var found = await (
            from attempt in db.Attempts.AsNoTracking()
            join task in db.Tasks.AsNoTracking() on attempt.TaskId equals task.Id
            where attempt.Id == id && attempt.Epoch == epoch && attempt.State == AttemptState.Running
            select new { attempt.Number, attempt.PromptNumber, attempt.Plan, attempt.PlanState, task.PauseRequested, task.MessageCount })
            .SingleOrDefaultAsync(cancellationToken) ?? throw new LeaseLostException(lease);

        // What was said to earlier prompts does not hold for a follow-up.
        var messages = found.MessageCount <= messagesRead
            ? []
            : await db.TaskMessages.AsNoTracking()
                .Where(m => m.TaskId == lease.TaskId && m.Number > messagesRead && (m.Attempt == null || m.Attempt == found.Number))
                .Where(m => !db.TaskPrompts.Any(p => p.TaskId == m.TaskId && p.Number == found.PromptNumber && p.At > m.At))
                .OrderBy(m => m.Number)
                .ToListAsync(cancellationToken);

        // A message that was sent between the two queries is read too.
        return new AttemptSteering(
            found.PauseRequested,
            messages,
            Math.Max(found.MessageCount, messages.Count == 0 ? 0 : messages[^1].Number),
            found.PlanState == PlanState.Approved ? found.Plan : null);
    }

    /// <summary>The messages of a task, oldest first; <see langword="null"/> when there is no such task.</summary>
    public async Task<IReadOnlyList<TaskMessageInfo>?> MessagesAsync(Guid taskId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var messages = await db.TaskMessages.AsNoTracking()
            .Where(m => m.TaskId == taskId)
            .OrderBy(m => m.Number)
            .Select(m => new TaskMessageInfo(m.Number, m.Text, m.At, m.Attempt))
            .ToListAsync(cancellationToken);
        return messages.Count > 0 || await db.Tasks.AnyAsync(t => t.Id == taskId, cancellationToken) ? messages : null;
    }

    /// <summary>Sends a message; <see langword="null"/> when there is no such task.</summary>
    /// <exception cref="TaskConflictException">Nobody would read it.</exception>
    public async Task<TaskMessageInfo?> SendAsync(Guid taskId, string text, int? attempt, CancellationToken cancellationToken)
    {
        TaskMessage? sent = null;
        await tasks.ChangeAsync(
            taskId,
            (task, now, db) => db.TaskMessages.Add(sent = task.SendMessage(text, attempt, now)),
            cancellationToken);
        return sent is null ? null : new TaskMessageInfo(sent.Number, sent.Text, sent.At, sent.Attempt);
    }
}

/// <summary>What people want of an attempt.</summary>
/// <param name="PauseRequested">Whether it is to pause.</param>
/// <param name="Messages">Messages that it has not read, oldest first.</param>
/// <param name="ReadThrough">Number of the newest message, read by then.</param>
/// <param name="ApprovedPlan">Its plan, once approved.</param>
public sealed record AttemptSteering(bool PauseRequested, IReadOnlyList<TaskMessage> Messages, int ReadThrough, string? ApprovedPlan);
