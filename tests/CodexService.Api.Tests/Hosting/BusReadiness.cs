using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.Api.Tests.Hosting;

internal static class BusReadiness
{
    /// <summary>Waits for the bus of a host, which starts beside the host: until then the service says that it is not ready.</summary>
    public static async Task WaitForBusAsync(this IServiceProvider services)
    {
        var bus = services.GetRequiredService<IBusControl>();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3), TimeProvider.System);
        while (bus.CheckHealth().Status == BusHealthStatus.Unhealthy)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
    }
}
