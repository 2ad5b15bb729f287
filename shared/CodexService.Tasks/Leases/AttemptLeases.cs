using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CodexService.Tasks.Leases;

/// <summary>How workers take, keep, report on and end attempts. Every write is fenced by the lease's epoch. Thread-safe.</summary>
public sealed class AttemptLeases(TaskStore tasks, IDbContextFactory<TasksDbContext> contexts, IOptions<LeaseOptions> options)
{
    /// <summary>How long a claim or heartbeat lasts.</summary>
    public TimeSpan LeaseTime { get; } = options.Value.Duration;

    /// <summary>How often a holder renews.</summary>
    public TimeSpan HeartbeatInterval { get; } = options.Value.HeartbeatInterval;

    /// <summary>Claims one attempt; <see langword="null"/> when somebody else has it, it ended, or never was.</summary>
    public async Task<ClaimedAttempt?> ClaimAsync(Guid attemptId, string worker, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var taskId = await db.Attempts
            .Where(a => a.Id == attemptId && a.State == AttemptState.Queued)
            .Select(a => (Guid?)a.TaskId)
            .SingleOrDefaultAsync(cancellationToken);
        if (taskId is null)
        {
            return null;
        }

        AttemptLease? lease = null;
        var task = await tasks.ChangeAsync(
            taskId.Value,
            (task, now, _) => lease = task.Claim(attemptId, worker, now, LeaseTime),
            cancellationToken);
        return lease is null || task is null ? null : ClaimedAttempt.From(task, lease);
    }

    /// <summary>Claims the oldest attempt that waits; <see langword="null"/> when none does.</summary>
    public async Task<ClaimedAttempt?> ClaimNextAsync(string worker, CancellationToken cancellationToken)
    {
        var seen = new HashSet<Guid>();
        while (true)
        {
            var candidates = await CandidatesAsync(cancellationToken);
            foreach (var id in candidates)
            {
                if (await ClaimAsync(id, worker, cancellationToken) is { } claimed)
                {
                    return claimed;
                }
            }

            // All were lost to other workers; there is more only when this look showed something new.
            var before = seen.Count;
            seen.UnionWith(candidates);
            if (seen.Count == before)
            {
                return null;
            }
        }
    }

    /// <summary>Renews a lease and tells what the holder has to know.</summary>
    public async Task<LeaseStanding> HeartbeatAsync(AttemptLease lease, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var cancelRequested = await db.Database.SqlQuery<bool>(
            $"""
            UPDATE attempts a SET lease_until = clock_timestamp() + {LeaseTime}
            FROM tasks t
            WHERE a.id = {lease.AttemptId} AND a.epoch = {lease.Epoch} AND a.state = 'Running' AND t.id = a.task_id
            RETURNING t.cancel_requested AS "Value"
            """).ToListAsync(cancellationToken);
        return cancelRequested switch
        {
            [] => LeaseStanding.Lost,
            [true, ..] => LeaseStanding.CancelRequested,
            _ => LeaseStanding.Held,
        };
    }

    /// <summary>Appends to the attempt's event log.</summary>
    /// <exception cref="LeaseLostException">The attempt belongs to somebody else by now.</exception>
    public Task RecordAsync(AttemptLease lease, AttemptReport report, CancellationToken cancellationToken) =>
        tasks.ChangeAsync(lease.TaskId, (task, _, _) => task.Record(lease, report), cancellationToken);

    /// <summary>Ends the attempt and stores its patch and proof.</summary>
    /// <exception cref="LeaseLostException">The attempt belongs to somebody else by now.</exception>
    public async Task FinishAsync(AttemptLease lease, AttemptOutcome outcome, CancellationToken cancellationToken) =>
        await tasks.ChangeAsync(
            lease.TaskId,
            (task, now, db) =>
            {
                var storable = outcome.Storable();
                task.FinishAttempt(lease, storable, now);
                if (storable.Result is not null)
                {
                    db.AttemptResults.Add(storable.Result);
                    db.Evidence.AddRange((storable.EvidenceOutputs ?? []).Select((output, position) => new EvidenceEntry
                    {
                        AttemptId = lease.AttemptId,
                        Position = position,
                        Output = output,
                    }));
                }
            },
            cancellationToken);

    /// <summary>Gives the attempt back to the queue, for a worker that shuts down.</summary>
    /// <exception cref="LeaseLostException">The attempt belongs to somebody else by now.</exception>
    public Task ReleaseAsync(AttemptLease lease, CancellationToken cancellationToken) =>
        tasks.ChangeAsync(lease.TaskId, (task, now, _) => task.Release(lease, now), cancellationToken);

    // SKIP LOCKED passes over what somebody is changing right now; the claim itself looks again under the task's lock.
    private async Task<List<Guid>> CandidatesAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Attempts
            .FromSql($"SELECT * FROM attempts WHERE state = 'Queued' ORDER BY id LIMIT 8 FOR UPDATE SKIP LOCKED")
            .AsNoTracking()
            .Select(a => a.Id)
            .ToListAsync(cancellationToken);
    }
}

/// <summary>What a heartbeat found.</summary>
public enum LeaseStanding
{
    /// <summary>Go on.</summary>
    Held,

    /// <summary>Go on only to stop: a person cancelled the task.</summary>
    CancelRequested,

    /// <summary>Fenced: stop all side effects.</summary>
    Lost,
}

/// <summary>A claimed attempt with what is needed to run it.</summary>
public sealed record ClaimedAttempt(
    AttemptLease Lease,
    int Number,
    string Repository,
    string BaseRef,
    string? BaseCommit,
    string Prompt,
    string TestCommand,
    BrainChoice Brain,
    TimeSpan Timeout,
    string? Template,
    string? Model)
{
    /// <summary>A change or an answer.</summary>
    public TaskKind Kind { get; init; }

    internal static ClaimedAttempt From(CodingTask task, AttemptLease lease) => new(
        lease,
        task.Attempts.Single(a => a.Id == lease.AttemptId).Number,
        task.Repository,
        task.BaseRef,
        task.BaseCommit,
        task.Prompt,
        task.TestCommand,
        task.Brain,
        task.Timeout,
        task.Template,
        task.Model)
    {
        Kind = task.Kind,
    };
}
