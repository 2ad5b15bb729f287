using CodexService.Repositories;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CodexService.PullRequests.Forges;

/// <summary>Registers the forges.</summary>
public static class ForgeServiceCollectionExtensions
{
    /// <summary>Adds the built-in review as <see cref="IForge"/>, with the repositories that it works on.</summary>
    public static IServiceCollection AddForges(this IServiceCollection services)
    {
        services.AddRepositories();
        services.TryAddSingleton<IForge, LocalForge>();
        return services;
    }
}
