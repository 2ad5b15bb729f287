namespace CodexService.Api.Webhooks;

/// <summary>Tells who runs the service of deliveries that are not signed with its secret: once a minute, as anybody can send them. Thread-safe.</summary>
internal sealed partial class RefusedDeliveries(TimeProvider time, ILogger<RefusedDeliveries> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private readonly Lock counting = new();
    private DateTimeOffset next = DateTimeOffset.MinValue;
    private int refused;

    /// <summary>Counts one, and tells how many there were since the last line when it is time for another.</summary>
    /// <param name="advice">Where the secret is from and what to do, one line.</param>
    public void Tell(string advice)
    {
        int count;
        lock (counting)
        {
            refused++;
            var now = time.GetUtcNow();
            if (now < next)
            {
                return;
            }

            (count, refused, next) = (refused, 0, now + Pause);
        }

        LogRefused(WebhookEndpoints.Path, count, advice);
    }

    [LoggerMessage(LogLevel.Warning, "A delivery to {Path} was refused ({Count} since the last such line), as its signature is missing or wrong: {Advice}")]
    private partial void LogRefused(string path, int count, string advice);
}
