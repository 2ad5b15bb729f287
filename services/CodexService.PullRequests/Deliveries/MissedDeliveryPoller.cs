using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Pending;
using CodexService.ServiceDefaults;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Deliveries;

/// <summary>
/// Asks GitHub at the start and every ten minutes for what could not be delivered to the App's webhook, which GitHub does not deliver
/// again by itself. What fails again is asked for with growing pauses, as long as GitHub keeps it (three days).
/// </summary>
internal sealed partial class MissedDeliveryPoller(
    IGitHub github, DeliveryStore deliveries, IDbContextFactory<TasksDbContext> contexts, TimeProvider time, ILogger<MissedDeliveryPoller> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    // GitHub keeps them for three days.
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(2);

    /// <summary>Asks once for everything that is due; leaves it when another process is at it.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        await using var turn = await DatabaseLock.TryTakeAsync(contexts, "missed-deliveries", cancellationToken);
        if (turn is null)
        {
            return;
        }

        var failed = (await github.ListFailedDeliveriesAsync(cancellationToken)).GroupBy(one => one.DeliveryId, StringComparer.Ordinal).ToList();
        var missing = failed.Count == 0 ? new HashSet<string>() : await deliveries.MissingAsync([.. failed.Select(tries => tries.Key)], cancellationToken);

        // Oldest first, as it happened.
        var due = failed.FindAll(tries => missing.Contains(tries.Key)).ConvertAll(tries => (Last: tries.MaxBy(one => one.DeliveredAt)!, Count: tries.Count(), First: tries.Min(one => one.DeliveredAt)))
            .FindAll(one => time.GetUtcNow() - one.Last.DeliveredAt >= (one.Count == 1 ? TimeSpan.Zero : GrowingPause.Doubled(Interval, one.Count - 1, LongestPause)));
        foreach (var one in due.OrderBy(one => one.First))
        {
            try
            {
                await github.RedeliverAsync(one.Last.Id, cancellationToken);
                LogAsked(one.Last.DeliveryId);
            }
            catch (GitHubException e) when (e.Failure is GitHubFailure.Refused or GitHubFailure.NotFound)
            {
                LogGone(one.Last.DeliveryId, e.Message);
            }
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => PeriodicWork.RunAsync(Interval, time, LookAsync, e => LogFailed(e.Message), stoppingToken);

    [LoggerMessage(LogLevel.Information, "Delivery {Id} never came; GitHub was asked for it once more")]
    private partial void LogAsked(string id);

    [LoggerMessage(LogLevel.Warning, "Delivery {Id} never came, and GitHub does not deliver it again: {Reason}")]
    private partial void LogGone(string id, string reason);

    [LoggerMessage(LogLevel.Warning, "Asking GitHub for missed deliveries failed ({Reason}); tried again in ten minutes")]
    private partial void LogFailed(string reason);
}
