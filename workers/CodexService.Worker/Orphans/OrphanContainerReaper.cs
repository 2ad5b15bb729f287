using CodexService.Contracts.Api;
using CodexService.Sandbox;
using CodexService.ServiceDefaults;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Worker.Orphans;

/// <summary>Removes sandboxes whose attempt has ended or was taken over, at start and every half minute.</summary>
internal sealed partial class OrphanContainerReaper(
    ISandboxFactory sandboxes,
    IDbContextFactory<TasksDbContext> contexts,
    TimeProvider time,
    ILogger<OrphanContainerReaper> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>Removes every orphan and returns how many there were.</summary>
    public async Task<int> ReapAsync(CancellationToken cancellationToken)
    {
        // Asked before the containers are listed, a new sandbox could look like an orphan; so it is asked per container.
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await sandboxes.RemoveOrphansAsync(labels => IsAlive(db, labels), cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => PeriodicWork.RunAsync(Interval, time, LookAsync, e => LogFailed(e.Message), stoppingToken);

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        if (await ReapAsync(cancellationToken) is > 0 and var removed)
        {
            LogRemoved(removed);
        }
    }

    // A container of another deployment on the same engine names an attempt that this database does not know: not ours to remove.
    private static bool IsAlive(TasksDbContext db, SandboxLabels labels)
    {
        var attempt = db.Attempts.AsNoTracking()
            .Where(a => a.Id == labels.AttemptId)
            .Select(a => new { a.State, a.Epoch })
            .SingleOrDefault();
        return attempt is null || (attempt.State == AttemptState.Running && attempt.Epoch == labels.Epoch);
    }

    [LoggerMessage(LogLevel.Information, "Removed {Count} sandboxes without an attempt")]
    private partial void LogRemoved(int count);

    [LoggerMessage(LogLevel.Warning, "The search for orphaned sandboxes failed ({Reason}); it goes on in 30 s")]
    private partial void LogFailed(string reason);
}
