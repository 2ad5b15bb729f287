using CodexService.PullRequests.Pending;
using CodexService.ServiceDefaults;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Deliveries;

/// <summary>Asks GitHub at the start and every hour where the App is installed; leaves it when another process is at it.</summary>
internal sealed partial class InstallationPoller(Installations installations, IDbContextFactory<TasksDbContext> contexts, TimeProvider time, ILogger<InstallationPoller> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => PeriodicWork.RunAsync(Interval, time, LookAsync, e => LogFailed(e.Message), stoppingToken);

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        await using var turn = await DatabaseLock.TryTakeAsync(contexts, "installations", cancellationToken);
        if (turn is not null)
        {
            await installations.LookAsync(cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Asking GitHub where the App is installed failed ({Reason}); tried again in an hour")]
    private partial void LogFailed(string reason);
}
