using CodexService.GitHub.Rest;
using CodexService.PullRequests.Pending;
using CodexService.ServiceDefaults;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Deliveries;

/// <summary>
/// Asks GitHub where the App is installed: at the start, as soon as other credentials are used, every hour, and with growing pauses
/// where that failed. Leaves it when another process is at it.
/// </summary>
internal sealed partial class InstallationPoller(
    Installations installations, IGitHub github, IDbContextFactory<TasksDbContext> contexts, TimeProvider time, ILogger<InstallationPoller> logger) : BackgroundService
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    private DateTimeOffset next;
    private int? asked;
    private int failures;

    /// <summary>Asks when it is time.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var (generation, now) = (github.Generation, time.GetUtcNow());
        if (generation == asked && now < next)
        {
            return;
        }

        failures = generation == asked ? failures : 0;
        (asked, next) = (generation, now + GrowingPause.After(failures + 1));
        failures++;
        await using var turn = await DatabaseLock.TryTakeAsync(contexts, "installations", cancellationToken);
        if (turn is not null)
        {
            await installations.LookAsync(cancellationToken);
        }

        (next, failures) = (now + Interval, 0);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => PeriodicWork.RunAsync(LookInterval, time, LookAsync, e => LogFailed(failures, e.Message), stoppingToken);

    private void LogFailed(int times, string reason)
    {
        // One that lasts is told once.
        if (times == 1)
        {
            LogFailed(reason);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Asking GitHub where the App is installed failed ({Reason}); tried again with growing pauses")]
    private partial void LogFailed(string reason);
}
