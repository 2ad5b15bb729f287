using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.Workers;

/// <summary>
/// Which workers are up and what they can do, as they tell it themselves: models and their keys belong to the workers, so that no
/// other process knows of them. Thread-safe.
/// </summary>
public sealed class KnownWorkers(IDbContextFactory<TasksDbContext> contexts)
{
    /// <summary>How often a worker says that it is up.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);

    // Three times the interval: a worker that is busy or waits for the database is not forgotten at once.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    /// <summary>A worker says that it is up and what it can do.</summary>
    public async Task TellAsync(string worker, WorkerAbilities abilities, CancellationToken cancellationToken)
    {
        string[] models = [.. abilities.Models];
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"DELETE FROM workers WHERE seen_at < clock_timestamp() - {Silence}", cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO workers (name, prefers_repair, models) VALUES ({worker}, {abilities.PrefersRepair}, {models})
            ON CONFLICT (name) DO UPDATE SET prefers_repair = excluded.prefers_repair, models = excluded.models, seen_at = clock_timestamp()
            """,
            cancellationToken);
    }

    /// <summary>A worker ends.</summary>
    public async Task ForgetAsync(string worker, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"DELETE FROM workers WHERE name = {worker}", cancellationToken);
    }

    /// <summary>What the workers that are up can do together; <see langword="null"/> when none is, so that nobody knows.</summary>
    public async Task<WorkerAbilities?> AbilitiesAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var workers = await db.Workers
            .FromSql($"SELECT * FROM workers WHERE seen_at >= clock_timestamp() - {Silence} ORDER BY name")
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        return workers.Count == 0 ? null : WorkerAbilities.Of(workers);
    }
}
