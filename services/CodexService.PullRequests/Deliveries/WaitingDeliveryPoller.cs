using CodexService.PullRequests.Pending;
using CodexService.Tasks.Deliveries;

namespace CodexService.PullRequests.Deliveries;

/// <summary>Looks for deliveries that wait; how often one is tried is stored with it.</summary>
internal sealed class WaitingDeliveryPoller(DeliveryStore deliveries, DeliveryHandler handler, RetryPauses pauses, TimeProvider time, ILogger<WaitingDeliveryPoller> logger)
    : WaitingWorkPoller(pauses, time, logger)
{
    private const int Batch = 50;

    public override async Task LookAsync(CancellationToken cancellationToken) =>
        await EachAsync("handle delivery", await deliveries.WaitingAsync(Batch, cancellationToken), id => id, id => handler.HandleAsync(id, cancellationToken), giveUp: null, cancellationToken);
}
