using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CodexService.Tasks.Leases;

/// <summary>How workers take, keep, report on and end attempts. Every write is fenced by the lease's epoch. Thread-safe.</summary>
public sealed class AttemptLeases(TaskStore tasks, IDbContextFactory<TasksDbContext> contexts, KnownWorkers workers, IOptions<LeaseOptions> options)
{
    /// <summary>How long a claim or heartbeat lasts.</summary>
    public TimeSpan LeaseTime { get; } = options.Value.Duration;

    /// <summary>How often a holder renews.</summary>
    public TimeSpan HeartbeatInterval { get; } = options.Value.HeartbeatInterval;

    /// <summary>Claims one attempt; <see langword="null"/> when somebody else has it, it ended, never was, or is left to a worker that can do it.</summary>
    public async Task<ClaimedAttempt?> ClaimAsync(Guid attemptId, string worker, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var waiting = await DescribeAsync(db, db.Attempts.Where(a => a.Id == attemptId && a.State == AttemptState.Queued), cancellationToken);
        return waiting.Count == 0 || (await workers.LeftToOthersAsync(worker, waiting, cancellationToken)).Count > 0
            ? null
            : await TakeAsync(attemptId, worker, cancellationToken);
    }

    /// <summary>Claims the oldest attempt that waits and is not left to a worker that can do it; <see langword="null"/> when none does.</summary>
    public async Task<ClaimedAttempt?> ClaimNextAsync(string worker, CancellationToken cancellationToken)
    {
        var seen = new HashSet<Guid>();
        var left = new HashSet<Guid>();
        while (true)
        {
            var candidates = await CandidatesAsync(left, cancellationToken);
            left.UnionWith(await workers.LeftToOthersAsync(worker, candidates, cancellationToken));
            foreach (var candidate in candidates.Where(candidate => !left.Contains(candidate.Id)))
            {
                if (await TakeAsync(candidate.Id, worker, cancellationToken) is { } claimed)
                {
                    return claimed;
                }
            }

            // All were lost or left to other workers; there is more only when this look showed something new.
            var before = seen.Count;
            seen.UnionWith(candidates.Select(candidate => candidate.Id));
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
        var asked = await db.Database.SqlQuery<string>(
            $"""
            UPDATE attempts a SET lease_until = clock_timestamp() + {LeaseTime}
            FROM tasks t
            WHERE a.id = {lease.AttemptId} AND a.epoch = {lease.Epoch} AND a.state = 'Running' AND t.id = a.task_id
            RETURNING CASE WHEN t.cancel_requested OR a.stop_reason IS NOT NULL THEN 'cancel' WHEN t.pause_requested THEN 'pause' ELSE '' END AS "Value"
            """).ToListAsync(cancellationToken);
        return asked switch
        {
            [] => LeaseStanding.Lost,
            ["cancel", ..] => LeaseStanding.CancelRequested,
            ["pause", ..] => LeaseStanding.PauseRequested,
            _ => LeaseStanding.Held,
        };
    }

    /// <summary>Appends to the attempt's event log.</summary>
    /// <exception cref="LeaseLostException">The attempt belongs to somebody else by now.</exception>
    public Task RecordAsync(AttemptLease lease, AttemptReport report, CancellationToken cancellationToken) =>
        tasks.ChangeAsync(lease.TaskId, (task, _, _) => task.Record(lease, report), cancellationToken);

    /// <summary>The commit that all attempts of the round start from: <paramref name="commit"/>, unless another attempt looked earlier.</summary>
    /// <exception cref="LeaseLostException">The attempt belongs to somebody else by now.</exception>
    public async Task<string> AgreeOnBaseAsync(AttemptLease lease, string commit, CancellationToken cancellationToken)
    {
        var task = await tasks.ChangeAsync(lease.TaskId, (task, _, _) => task.AgreeOnBase(lease, commit), cancellationToken);
        return task?.BaseCommit ?? throw new LeaseLostException(lease);
    }

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
                    Keep(db, storable.Result);
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

    /// <summary>Parks the attempt: it waits for a person without a worker, and what it has so far is kept.</summary>
    /// <exception cref="LeaseLostException">The attempt belongs to somebody else by now.</exception>
    public Task ParkAsync(AttemptLease lease, AttemptParking parking, AttemptResult? soFar, CancellationToken cancellationToken) => tasks.ChangeAsync(
        lease.TaskId,
        (task, now, db) =>
        {
            task.Park(lease, parking, now);

            // A partial patch that cannot be stored is no reason to lose the attempt: it makes the patch again.
            if (soFar is not null && StorableText.Fits(soFar.Patch))
            {
                Keep(db, new AttemptOutcome(AttemptState.Paused, "", soFar).Storable().Result!);
            }
        },
        cancellationToken);

    /// <summary>Says that the attempt cannot be paused and goes on; the request to pause is withdrawn.</summary>
    /// <exception cref="LeaseLostException">The attempt belongs to somebody else by now.</exception>
    public Task RefusePauseAsync(AttemptLease lease, string reason, CancellationToken cancellationToken) =>
        tasks.ChangeAsync(lease.TaskId, (task, now, _) => task.RefusePause(lease, reason, now), cancellationToken);

    private async Task<ClaimedAttempt?> TakeAsync(Guid attemptId, string worker, CancellationToken cancellationToken)
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
        if (lease is null || task is null)
        {
            return null;
        }

        var claimed = ClaimedAttempt.From(task, lease);
        if (claimed.PromptNumber == 1)
        {
            return claimed;
        }

        var asked = await db.TaskPrompts.AsNoTracking().SingleAsync(p => p.TaskId == taskId && p.Number == claimed.PromptNumber, cancellationToken);
        return claimed with { Prompt = asked.Text, TestCommand = asked.TestCommand };
    }

    // An attempt that was parked has left a partial result already.
    private static void Keep(TasksDbContext db, AttemptResult result)
    {
        if (db.AttemptResults.Find(result.AttemptId) is { } earlier)
        {
            db.Entry(earlier).CurrentValues.SetValues(result);
        }
        else
        {
            db.AttemptResults.Add(result);
        }
    }

    // SKIP LOCKED passes over what somebody is changing right now; the claim itself looks again under the task's lock.
    private async Task<List<WaitingAttempt>> CandidatesAsync(IReadOnlyCollection<Guid> left, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        Guid[] without = [.. left];

        // Behind what is left to others there may be a long row of the same.
        var most = without.Length == 0 ? 8 : 200;
        return await DescribeAsync(
            db,
            db.Attempts.FromSql($"SELECT * FROM attempts WHERE state = 'Queued' AND id <> ALL ({without}) ORDER BY id LIMIT {most} FOR UPDATE SKIP LOCKED"),
            cancellationToken);
    }

    private static async Task<List<WaitingAttempt>> DescribeAsync(TasksDbContext db, IQueryable<Attempt> attempts, CancellationToken cancellationToken)
    {
        var found = await attempts
            .Join(db.Tasks, a => a.TaskId, t => t.Id, (a, t) => new { a.Id, a.Brain, a.Model, t.Kind, OfTask = t.Brain, t.ApprovePlan })
            .OrderBy(a => a.Id)
            .ToListAsync(cancellationToken);
        return found.ConvertAll(a => new WaitingAttempt(a.Id, BrainWish.OfAttempt(a.Kind, a.OfTask, a.ApprovePlan, a.Brain, a.Model)));
    }
}

/// <summary>What a heartbeat found.</summary>
public enum LeaseStanding
{
    /// <summary>Go on.</summary>
    Held,

    /// <summary>Go on only to stop: a person cancelled the task, or took another attempt's patch.</summary>
    CancelRequested,

    /// <summary>Go on to the next point where the work can be paused.</summary>
    PauseRequested,

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
    /// <summary>A change, an answer or a review.</summary>
    public TaskKind Kind { get; init; }

    /// <summary>What a review looks at, as it was submitted.</summary>
    public string? HeadRef { get; init; }

    /// <summary>The commit that <see cref="HeadRef"/> meant when the attempt first looked.</summary>
    public string? HeadCommit { get; init; }

    /// <summary>How many earlier attempts of its round have the same brain and model: each asks at a higher temperature than the one before.</summary>
    public int EarlierAlike { get; init; }

    /// <summary>Whether its round has other attempts, which start from the same commit.</summary>
    public bool IsOneOfSeveral { get; init; }

    /// <summary>Whether the repair brain works on the task beside the model.</summary>
    public bool BesideRepair { get; init; }

    /// <summary>Whether the plan waits for a person's approval.</summary>
    public bool ApprovePlan { get; init; }

    /// <summary>Working time that earlier claims used before they were parked.</summary>
    public TimeSpan UsedTime { get; init; }

    /// <summary>Number of the prompt that it works on.</summary>
    public int PromptNumber { get; init; } = 1;

    /// <summary>Whether it starts from the head of the task's pull request, whose tests may all pass already.</summary>
    public bool OnPullRequest { get; init; }

    /// <summary>Branch of the pull request that it starts from; <see langword="null"/> when it starts from the base ref.</summary>
    public string? Branch { get; init; }

    /// <summary>The attempt whose partial patch is applied before the brain begins.</summary>
    public Guid? PartialOf { get; init; }

    /// <summary>How many of its turns it took over from an earlier attempt.</summary>
    public int InheritedTurns { get; init; }

    /// <summary>What it may use, as far as the task says.</summary>
    public TaskLimits Limits { get; init; } = new();

    /// <summary>What people added to its limits.</summary>
    public AddedBudget Added { get; init; } = new(null, null, null, null);

    /// <summary>The base branch's commit whose conflicts with <see cref="BaseCommit"/> it resolves.</summary>
    public string? MergedCommit { get; init; }

    /// <summary>Whose budget it counts against.</summary>
    public string? RequestedBy { get; init; }

    internal static ClaimedAttempt From(CodingTask task, AttemptLease lease)
    {
        var attempt = task.Attempts.Single(a => a.Id == lease.AttemptId);
        return new ClaimedAttempt(
            lease,
            attempt.Number,
            task.Repository,
            task.BaseRef,
            attempt.BaseCommit ?? task.BaseCommit,
            task.Prompt,
            task.TestCommand,
            attempt.Brain,
            task.Timeout + attempt.AddedTime,
            task.Template,
            attempt.Model)
        {
            Kind = task.Kind,
            HeadRef = task.HeadRef,
            HeadCommit = attempt.HeadCommit,
            EarlierAlike = task.Attempts.Count(a => a.Number >= task.RoundStart && a.Number < attempt.Number && a.Variant == attempt.Variant),
            IsOneOfSeveral = task.Attempts.Count(a => a.Number >= task.RoundStart) > 1,
            BesideRepair = task.Brain == BrainChoice.Both,
            ApprovePlan = BrainWish.OfAttempt(task.Kind, task.Brain, task.ApprovePlan, attempt.Brain, attempt.Model).ApprovePlan,
            UsedTime = attempt.UsedTime,
            PromptNumber = attempt.PromptNumber,
            OnPullRequest = attempt.OnPullRequest,
            Branch = attempt.OnPullRequest ? task.PullRequest?.Branch : null,
            PartialOf = attempt.PartialOf,
            InheritedTurns = attempt.InheritedTurns,
            Limits = new TaskLimits(task.MaxTurns, task.MaxTokens, task.MaxCost),
            Added = new AddedBudget(attempt.AddedTurns, attempt.AddedTokens, attempt.AddedCost, attempt.AddedTime),
            RequestedBy = attempt.RequestedBy,
            MergedCommit = attempt.MergedCommit,
        };
    }
}
