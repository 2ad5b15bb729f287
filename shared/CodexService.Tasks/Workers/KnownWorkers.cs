using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.Workers;

/// <summary>
/// Which workers there are and what they can do, as they tell it themselves: models and their keys belong to the workers, so that no
/// other process knows of them. Thread-safe.
/// </summary>
public sealed partial class KnownWorkers(IDbContextFactory<TasksDbContext> contexts)
{
    /// <summary>How often a worker says that it is up.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    // Three times the interval: a worker that is busy or waits for the database is not taken for gone at once.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    // One with a model that is redeployed, paused or cut off for a while comes back. What is refused meanwhile for the lack of one would be refused for good.
    private static readonly TimeSpan Return = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    /// <summary>A worker says that it is up and what it can do.</summary>
    public async Task TellAsync(string worker, WorkerAbilities abilities, CancellationToken cancellationToken)
    {
        string[] models = [.. abilities.Models];
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"DELETE FROM workers WHERE seen_at < clock_timestamp() - {Kept}", cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO workers (name, prefers_repair, models) VALUES ({worker}, {abilities.PrefersRepair}, {models})
            ON CONFLICT (name) DO UPDATE SET prefers_repair = excluded.prefers_repair, models = excluded.models, seen_at = clock_timestamp()
            """,
            cancellationToken);
    }

    /// <summary>A worker ends. It is up no more; that it comes back is expected for a while, as of one that fell silent.</summary>
    public async Task LeaveAsync(string worker, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"UPDATE workers SET seen_at = least(seen_at, clock_timestamp() - {Silence}) WHERE name = {worker}", cancellationToken);
    }

    /// <summary>A worker will not come back: what it could do counts no more.</summary>
    public async Task ForgetAsync(string worker, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"DELETE FROM workers WHERE name = {worker}", cancellationToken);
    }

    /// <summary>Names of all workers that told of themselves within the last hour, those that are gone included.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Workers.Select(worker => worker.Name).ToListAsync(cancellationToken);
    }

    /// <summary>
    /// What the workers can do together: those that are up, and those with models that were up within the last 15 minutes;
    /// <see langword="null"/> when none is up, so that nobody knows.
    /// </summary>
    public async Task<WorkerAbilities?> AbilitiesAsync(CancellationToken cancellationToken)
    {
        var workers = await ExpectedAsync(cancellationToken);
        return workers.Count == 0 ? null : WorkerAbilities.Of(workers);
    }

    private async Task<List<WorkerRow>> ExpectedAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Workers
            .FromSql(
                $"""
                SELECT * FROM workers
                WHERE seen_at >= clock_timestamp() - {Silence}
                   OR (seen_at >= clock_timestamp() - {Return} AND cardinality(models) > 0
                       AND EXISTS (SELECT FROM workers WHERE seen_at >= clock_timestamp() - {Silence}))
                ORDER BY name
                """)
            .AsNoTracking()
            .ToListAsync(cancellationToken);
    }
}
