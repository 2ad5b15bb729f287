using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.Api.Tests.Hosting;

internal static class BusReadiness
{
    /// <summary>Waits for the bus of a host, which starts beside the host: the service is not ready without it.</summary>
    public static async Task WaitForBusAsync(this IServiceProvider services)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3), TimeProvider.System);
        await services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, limit.Token);
    }
}
