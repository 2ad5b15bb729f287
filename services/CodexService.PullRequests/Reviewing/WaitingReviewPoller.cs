namespace CodexService.PullRequests.Reviewing;

/// <summary>Looks every 5 s for reviews that wait to be posted, so that a lost message delays and never loses.</summary>
internal sealed partial class WaitingReviewPoller(ReviewPublisher publisher, TimeProvider time, ILogger<WaitingReviewPoller> logger) : BackgroundService
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
                foreach (var id in await publisher.WaitingAsync(Batch, stoppingToken))
                {
                    await WithoutStoppingOthersAsync(id, stoppingToken);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task WithoutStoppingOthersAsync(Guid id, CancellationToken cancellationToken)
    {
        try
        {
            await publisher.PublishAsync(id, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(e.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Looking for waiting reviews failed ({Reason}); the service tries again in 5 s")]
    private partial void LogFailed(string reason);
}
