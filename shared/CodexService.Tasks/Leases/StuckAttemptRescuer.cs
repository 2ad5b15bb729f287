using CodexService.Contracts.Api;
using CodexService.ServiceDefaults;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CodexService.Tasks.Leases;

/// <summary>Takes attempts from workers that stopped answering. Any number may run beside each other.</summary>
public sealed partial class StuckAttemptRescuer(
    TaskStore tasks,
    IDbContextFactory<TasksDbContext> contexts,
    IOptions<LeaseOptions> options,
    TimeProvider time,
    ILogger<StuckAttemptRescuer> logger) : BackgroundService
{
    /// <summary>Rescues every attempt whose lease has ended and returns how many there were.</summary>
    public async Task<int> RescueAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var stuck = await db.Attempts
            .FromSql($"SELECT * FROM attempts WHERE state = 'Running' AND lease_until < clock_timestamp() ORDER BY lease_until LIMIT 100")
            .Select(a => new { a.Id, a.TaskId })
            .ToListAsync(cancellationToken);
        var rescued = 0;
        foreach (var attempt in stuck)
        {
            if (await TryRescueAsync(attempt.TaskId, attempt.Id, cancellationToken))
            {
                rescued++;
                LogRescued(attempt.Id);
            }
        }

        return rescued;
    }

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => PeriodicWork.RunAsync(options.Value.RescueInterval, time, RescueAsync, e => LogFailed(e), stoppingToken);

    // One task that cannot be saved must not keep the others from being rescued.
    private async Task<bool> TryRescueAsync(Guid taskId, Guid attemptId, CancellationToken cancellationToken)
    {
        try
        {
            var rescued = false;
            await tasks.ChangeAsync(taskId, (task, now, _) => rescued = task.Rescue(attemptId, now), cancellationToken);
            return rescued;
        }
        catch (DbUpdateException e)
        {
            LogNotRescued(e, attemptId);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Error, "Attempt {AttemptId} stopped answering and cannot be rescued")]
    private partial void LogNotRescued(Exception exception, Guid attemptId);

    [LoggerMessage(LogLevel.Warning, "Attempt {AttemptId} stopped answering and was rescued")]
    private partial void LogRescued(Guid attemptId);

    [LoggerMessage(LogLevel.Warning, "The search for stuck attempts failed; it goes on at the next interval")]
    private partial void LogFailed(Exception exception);
}
