using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Pending;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Deliveries;

/// <summary>
/// Asks GitHub every ten minutes for what could not be delivered to the App's webhook, which GitHub does not deliver again by itself. What
/// fails again is asked for with growing pauses, as long as GitHub keeps it (three days).
/// </summary>
internal sealed partial class MissedDeliveryPoller(
    IGitHub github, DeliveryStore deliveries, IDbContextFactory<TasksDbContext> contexts, TimeProvider time, ILogger<MissedDeliveryPoller> logger)
    : GitHubPoller("missed-deliveries", "Asking GitHub for missed deliveries", Interval, github, contexts, time, logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    // GitHub keeps them for three days.
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(2);

    // What GitHub refused to deliver again, as long as it lists it.
    private readonly HashSet<string> gone = new(StringComparer.Ordinal);

    protected override async Task AskAsync(CancellationToken cancellationToken)
    {
        var failed = (await GitHub.ListFailedDeliveriesAsync(cancellationToken)).GroupBy(one => one.DeliveryId, StringComparer.Ordinal).ToList();
        gone.IntersectWith(failed.Select(tries => tries.Key));
        var missing = failed.Count == 0 ? new HashSet<string>() : await deliveries.MissingAsync([.. failed.Select(tries => tries.Key)], cancellationToken);

        // Oldest first, as it happened.
        var due = failed.FindAll(tries => missing.Contains(tries.Key) && !gone.Contains(tries.Key))
            .ConvertAll(tries => (Last: tries.MaxBy(one => one.DeliveredAt)!, Count: tries.Count(), First: tries.Min(one => one.DeliveredAt)))
            .FindAll(one => Now - one.Last.DeliveredAt >= (one.Count == 1 ? TimeSpan.Zero : GrowingPause.Doubled(Interval, one.Count - 1, LongestPause)));
        foreach (var one in due.OrderBy(one => one.First))
        {
            try
            {
                await GitHub.RedeliverAsync(one.Last.Id, cancellationToken);
                LogAsked(one.Last.DeliveryId);
            }
            catch (GitHubException e) when (e.Failure is GitHubFailure.Refused or GitHubFailure.NotFound)
            {
                gone.Add(one.Last.DeliveryId);
                LogGone(one.Last.DeliveryId, e.Message);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Delivery {Id} never came; GitHub was asked for it once more")]
    private partial void LogAsked(string id);

    [LoggerMessage(LogLevel.Warning, "Delivery {Id} never came, and GitHub does not deliver it again: {Reason}")]
    private partial void LogGone(string id, string reason);
}
