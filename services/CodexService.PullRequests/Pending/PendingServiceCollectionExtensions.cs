using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CodexService.PullRequests.Pending;

internal static class PendingServiceCollectionExtensions
{
    /// <summary>Adds what keeps waiting work apart and in time; calling it again changes nothing.</summary>
    public static IServiceCollection AddPending(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<OneAtATime>();
        services.TryAddSingleton<RetryPauses>();
        return services;
    }
}
