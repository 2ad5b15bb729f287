using CodexService.GitHub.Rest;
using CodexService.PullRequests.Forges.GitHub;
using CodexService.Repositories;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CodexService.PullRequests.Forges;

/// <summary>Registers the forges.</summary>
public static class ForgeServiceCollectionExtensions
{
    /// <summary>
    /// Adds the forges as <see cref="IForge"/>, with the repositories that they work on: GitHub, when <see cref="IGitHub"/> is registered,
    /// for its own, and the built-in review for the rest. <see cref="ForgeSelection"/> chooses.
    /// </summary>
    public static IServiceCollection AddForges(this IServiceCollection services)
    {
        services.AddRepositories();
        services.TryAddSingleton<ForgeSelection>();
        services.TryAddSingleton<DashboardAddress>();
        if (services.Any(service => typeof(IGitHub).Equals(service.ServiceType)))
        {
            services.AddOptions<GitHubForgeOptions>().BindConfiguration(GitHubForgeOptions.Section).ValidateDataAnnotations().ValidateOnStart();
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IForge, GitHubForge>());
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IForge, LocalForge>());
        return services;
    }
}
