using CodexService.Agent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CodexService.Repair;

/// <summary>Registers the repair brain.</summary>
public static class RepairServiceCollectionExtensions
{
    /// <summary>Adds the brain that needs no model.</summary>
    public static IServiceCollection AddRepair(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IBrain, RepairAgent>());
        return services;
    }
}
