using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.Rounds;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.FollowUps;

/// <summary>
/// Keeps what is asked of tasks until it is their time: told to a running attempt, or begun as a follow-up when the task has
/// ended. Whatever happens to a task and to what waits for it is one transaction under the task's lock, so nothing is done twice
/// and nothing is lost. Thread-safe.
/// </summary>
public sealed partial class PendingFollowUps(IDbContextFactory<TasksDbContext> contexts, TaskStore store, TaskRounds rounds)
{
    private static readonly TaskState[] Ended = [TaskState.Succeeded, TaskState.NoChange, TaskState.Failed, TaskState.Cancelled, TaskState.TimedOut];

    /// <summary>Stores what people said; <see langword="null"/> when all of it was stored before.</summary>
    public async Task<PendingFollowUp?> AddAsync(PendingFollowUp asked, Feedback feedback, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (!await InsertAsync(db, asked, cancellationToken))
        {
            return null;
        }

        // In order, so that two that claim the same ones do not wait for each other.
        var mine = new HashSet<long>();
        foreach (var id in feedback.Comments.Select(comment => comment.Id).Distinct().Order())
        {
            if (await db.Database.ExecuteSqlAsync(
                $"INSERT INTO claimed_comments (repository, comment_id, follow_up_id) VALUES ({asked.Repository}, {id}, {asked.Id}) ON CONFLICT DO NOTHING", cancellationToken) > 0)
            {
                mine.Add(id);
            }
        }

        var left = feedback with { Comments = [.. feedback.Comments.Where(comment => mine.Contains(comment.Id))] };
        if (left.IsEmpty)
        {
            await transaction.RollbackAsync(cancellationToken);
            return null;
        }

        db.Attach(asked);
        asked.Wait(StorableText.Json(left), left.IsSteerable);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return asked;
    }

    /// <summary>Changes a task for something that is asked, in one transaction with the note that it was done; does nothing when it was.</summary>
    /// <exception cref="TaskConflictException">The change does not fit the task's state; nothing is stored.</exception>
    public Task OnceAsync(PendingFollowUp asked, Action<CodingTask, DateTimeOffset> change, CancellationToken cancellationToken) => store.ChangeAsync(
        asked.TaskId,
        (task, now, db) =>
        {
            if (!db.PendingFollowUps.Any(f => f.Repository == asked.Repository && f.Key == asked.Key))
            {
                change(task, now);
                asked.Done();
                db.PendingFollowUps.Add(asked);
            }
        },
        cancellationToken);

    /// <summary>Stores something that has yet to be collected; one of the same key that was dropped is collected again.</summary>
    public async Task AddAsync(PendingFollowUp asked, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (!await InsertAsync(db, asked, cancellationToken))
        {
            var (collecting, dropped) = (nameof(PendingState.Collecting), nameof(PendingState.Dropped));
            await db.Database.ExecuteSqlAsync(
                $"UPDATE pending_follow_ups SET state = {collecting}, content = {asked.Content}::jsonb, outcome = NULL, due_at = {asked.DueAt} WHERE repository = {asked.Repository} AND key = {asked.Key} AND state = {dropped}",
                cancellationToken);
        }
    }

    /// <summary>What is collected and can be worked on now, oldest first: what waits for its task or its time must not stand before the rest.</summary>
    public async Task<IReadOnlyList<PendingFollowUp>> CollectingAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await (
            from asked in db.PendingFollowUps.AsNoTracking()
            join task in db.Tasks on asked.TaskId equals task.Id
            where asked.State == PendingState.Collecting
                && (asked.Kind == PendingKind.Head ? task.State != TaskState.Publishing : Ended.Contains(task.State))
                && (asked.Kind == PendingKind.Check || asked.DueAt == null || asked.DueAt <= now)
                && (asked.Kind != PendingKind.Conflict || task.PullRequest == null || task.PullRequest.State != PullRequestState.Merging)
            orderby asked.Id
            select asked).Take(100).ToListAsync(cancellationToken);
    }

    /// <summary>One that is stored, by its key.</summary>
    public async Task<PendingFollowUp?> FindAsync(string repository, string key, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.PendingFollowUps.AsNoTracking().SingleOrDefaultAsync(f => f.Repository == repository && f.Key == key, cancellationToken);
    }

    /// <summary>What was collected is a prompt now.</summary>
    public Task CollectedAsync(Guid id, string prompt, CancellationToken cancellationToken) =>
        ChangeCollectingAsync(id, asked => asked.Wait(StorableText.Json(prompt), isSteerable: false), cancellationToken);

    /// <summary>Nothing is done about what was collected.</summary>
    public Task DropAsync(Guid id, string outcome, CancellationToken cancellationToken) => ChangeCollectingAsync(id, asked => asked.Drop(outcome), cancellationToken);

    /// <summary>How many fixes of failing checks a task has begun by itself.</summary>
    public async Task<int> CheckFixesAsync(Guid taskId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.PendingFollowUps.CountAsync(f => f.TaskId == taskId && f.Kind == PendingKind.Check && f.PromptNumber != null, cancellationToken);
    }

    /// <summary>Tasks for which something waits that can be begun, or told, now.</summary>
    public async Task<IReadOnlyList<Guid>> TasksInTimeAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        TaskState[] hearing = [TaskState.Queued, TaskState.Running, TaskState.Paused];
        return await (
            from asked in db.PendingFollowUps
            join task in db.Tasks on asked.TaskId equals task.Id
            where (asked.State == PendingState.Waiting || asked.State == PendingState.Sent) && Ended.Contains(task.State)
                    && (task.PullRequest == null || task.PullRequest.State != PullRequestState.Merging)
                || asked.State == PendingState.Waiting && asked.IsSteerable && hearing.Contains(task.State) && !task.CancelRequested && task.Brain != BrainChoice.Repair
            select task.Id).Distinct().OrderBy(id => id).Take(100).ToListAsync(cancellationToken);
    }

    private static async Task<bool> InsertAsync(TasksDbContext db, PendingFollowUp asked, CancellationToken cancellationToken)
    {
        var (kind, state) = (asked.Kind.ToString(), asked.State.ToString());
        return await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO pending_follow_ups (id, task_id, repository, key, kind, is_steerable, content, head_commit, state, due_at, said_at)
            VALUES ({asked.Id}, {asked.TaskId}, {asked.Repository}, {asked.Key}, {kind}, false, {asked.Content}::jsonb, {asked.HeadCommit}, {state}, {asked.DueAt}, {asked.SaidAt})
            ON CONFLICT (repository, key) DO NOTHING
            """,
            cancellationToken) > 0;
    }

    private async Task ChangeCollectingAsync(Guid id, Action<PendingFollowUp> change, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var asked = (await db.PendingFollowUps.FromSql($"SELECT * FROM pending_follow_ups WHERE id = {id} FOR UPDATE").ToListAsync(cancellationToken)).SingleOrDefault();
        if (asked is { State: PendingState.Collecting })
        {
            change(asked);
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
    }

    private static T Read<T>(PendingFollowUp asked) => JsonSerializer.Deserialize<T>(asked.Content!, JsonConventions.Options)!;
}
