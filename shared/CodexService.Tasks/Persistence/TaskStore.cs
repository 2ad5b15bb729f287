using System.Text.Json;
using CodexService.Contracts;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Events;
using CodexService.Tasks.Origins;
using CodexService.Tasks.Outbox;
using CodexService.Tasks.Reviews;
using CodexService.Tasks.Submission;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace CodexService.Tasks.Persistence;

/// <summary>
/// Loads a task under its row lock, lets the caller change it, and saves the change with its events and messages in one
/// transaction. Thread-safe.
/// </summary>
public sealed class TaskStore(IDbContextFactory<TasksDbContext> contexts, TaskChangeSignal changes)
{
    /// <summary>The task that a submission with this key made earlier; <see langword="null"/> for none.</summary>
    /// <param name="idempotencyKey">The client's key.</param>
    /// <param name="hash">Hash of the request body.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TaskConflictException">The key was used for another submission.</exception>
    public async Task<Guid?> FindSubmittedAsync(string idempotencyKey, string? hash, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await FindByKeyAsync(db, idempotencyKey, hash, cancellationToken);
    }

    /// <summary>Stores a new task, its first events and its messages; the same idempotency key answers the first task again.</summary>
    /// <exception cref="TaskConflictException">The key was used for another submission.</exception>
    public async Task<SubmittedTask> SubmitAsync(TaskSubmission submission, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (submission.IdempotencyKey is { } key && await FindByKeyAsync(db, key, submission.Hash, cancellationToken) is { } earlier)
        {
            return new SubmittedTask(earlier, New: null);
        }

        var task = CodingTask.Submit(submission);
        db.Add(task);
        if (submission.Origin is { } origin)
        {
            db.TaskOrigins.Add(new TaskOrigin
            {
                TaskId = task.Id,
                Repository = origin.Repository,
                RepositoryId = origin.RepositoryId,
                Number = origin.Number,
                IsPullRequest = origin.IsPullRequest,
                RequestedBy = origin.RequestedBy,
                RequestedById = origin.RequestedById,
                Url = origin.Url,
                Title = StorableText.Line(origin.Title),
                CommentId = origin.CommentId,
                SaidAt = origin.SaidAt,
            });
        }

        AddNew(db, task);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (submission.IdempotencyKey is not null && e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            db.ChangeTracker.Clear();
            if (await FindByKeyAsync(db, submission.IdempotencyKey, submission.Hash, cancellationToken) is { } first)
            {
                return new SubmittedTask(first, New: null);
            }

            throw;
        }

        Announce(task);
        return new SubmittedTask(task.Id, task);
    }

    /// <summary>Changes a task under its row lock; <see langword="null"/> when there is none with that id.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="change">Gets the task and the database's clock. May add to the context, which is saved with it.</param>
    /// <param name="cancellationToken">Gives up; nothing is changed then.</param>
    public async Task<CodingTask?> ChangeAsync(
        Guid taskId,
        Action<CodingTask, DateTimeOffset, TasksDbContext> change,
        CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var task = (await db.Tasks.FromSql($"SELECT * FROM tasks WHERE id = {taskId} FOR UPDATE").ToListAsync(cancellationToken)).SingleOrDefault();
        if (task is null)
        {
            return null;
        }

        await db.Entry(task).Collection(t => t.Attempts).LoadAsync(cancellationToken);
        await db.Entry(task).Reference(t => t.PullRequest).LoadAsync(cancellationToken);
        var now = await NowAsync(db, cancellationToken);
        change(task, now, db);
        AddNew(db, task);
        await ReviewTables.AddressAsync(db, task, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Announce(task);
        return task;
    }

    /// <summary>Takes the next pull request number.</summary>
    public async Task<int> NextPullRequestNumberAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Database.SqlQuery<int>($"SELECT nextval('pull_request_numbers')::int AS \"Value\"").SingleAsync(cancellationToken);
    }

    // The clock after the lock was granted: the transaction's own now() may be older than another holder's lease.
    private static Task<DateTimeOffset> NowAsync(TasksDbContext db, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<DateTimeOffset>($"SELECT clock_timestamp() AS \"Value\"").SingleAsync(cancellationToken);

    private static async Task<Guid?> FindByKeyAsync(TasksDbContext db, string key, string? hash, CancellationToken cancellationToken)
    {
        var earlier = await db.Tasks
            .Where(t => t.IdempotencyKey == key)
            .Select(t => new { t.Id, t.SubmissionHash })
            .SingleOrDefaultAsync(cancellationToken);
        return earlier is null || earlier.SubmissionHash == hash
            ? earlier?.Id
            : throw new TaskConflictException("This Idempotency-Key was used for another submission; use a new key.");
    }

    private static void AddNew(TasksDbContext db, CodingTask task)
    {
        db.TaskEvents.AddRange(task.NewEvents);
        db.UsageEntries.AddRange(task.NewUsage);
        foreach (var message in task.NewMessages)
        {
            db.Outbox.Add(new OutboxMessage
            {
                Type = message.GetType().FullName!,
                Body = JsonSerializer.Serialize(message, message.GetType(), JsonConventions.Options),
            });
        }
    }

    private void Announce(CodingTask task)
    {
        var hasMessages = task.NewMessages.Count > 0;
        task.ClearNew();
        changes.Announce(task.Id, hasMessages);
    }
}

/// <summary>Result of a submission.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="New">The task as it was stored; <see langword="null"/> when an idempotency key found an earlier one.</param>
public sealed record SubmittedTask(Guid TaskId, CodingTask? New);
