using CodexService.Tasks.Deliveries;

namespace CodexService.PullRequests.Deliveries;

/// <summary>Looks every 5 s for deliveries that wait, so that a lost message delays and never loses.</summary>
internal sealed partial class WaitingDeliveryPoller(DeliveryStore deliveries, DeliveryHandler handler, TimeProvider time, ILogger<WaitingDeliveryPoller> logger) : BackgroundService
{
    private const int Batch = 50;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                foreach (var id in await deliveries.WaitingAsync(Batch, stoppingToken))
                {
                    await handler.HandleAsync(id, stoppingToken);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Warning, "Looking for waiting deliveries failed ({Reason}); the service tries again in 5 s")]
    private partial void LogFailed(string reason);
}
