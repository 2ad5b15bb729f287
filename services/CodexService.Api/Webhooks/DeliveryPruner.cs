using CodexService.ServiceDefaults;
using CodexService.Tasks.Deliveries;
using Microsoft.Extensions.Options;

namespace CodexService.Api.Webhooks;

/// <summary>Drops deliveries every hour that are older than they are kept (<see cref="WebhookOptions.KeptFor"/>).</summary>
internal sealed partial class DeliveryPruner(DeliveryStore deliveries, IOptions<WebhookOptions> options, TimeProvider time, ILogger<DeliveryPruner> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => PeriodicWork.RunAsync(Interval, time, token => deliveries.PruneAsync(options.Value.KeptFor, token), e => LogFailed(e.Message), stoppingToken);

    [LoggerMessage(LogLevel.Warning, "Old deliveries could not be dropped ({Reason}); tried again in an hour")]
    private partial void LogFailed(string reason);
}
