using CodexService.Repositories.Caching;
using CodexService.Repositories.Checkout;
using CodexService.Repositories.Git;
using CodexService.Repositories.Inspection;
using CodexService.Repositories.Merging;
using CodexService.Repositories.Publishing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CodexService.Repositories;

/// <summary>Registers the host side of git.</summary>
public static class RepositoryServiceCollectionExtensions
{
    /// <summary>Adds checkout, inspection, publishing and merging of repositories, with options from the section <c>Repositories</c>.</summary>
    public static IServiceCollection AddRepositories(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<RepositoryOptions>().BindConfiguration(RepositoryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<GitRunner>();
        services.TryAddSingleton<IReadCredentials, NoReadCredentials>();
        services.TryAddSingleton<RepositoryCache>();
        services.TryAddSingleton(p => new RepositoryCheckout(
            p.GetRequiredService<GitRunner>(), p.GetRequiredService<RepositoryCache>(), p.GetRequiredService<IOptions<RepositoryOptions>>()));
        services.TryAddSingleton(p => new RepositoryInspector(p.GetRequiredService<GitRunner>(), p.GetRequiredService<RepositoryCache>()));
        services.TryAddSingleton(p => new ConflictedMerges(p.GetRequiredService<GitRunner>(), p.GetRequiredService<RepositoryCache>()));
        services.TryAddSingleton(p => new BranchPublisher(
            p.GetRequiredService<GitRunner>(), p.GetRequiredService<RepositoryCache>(), p.GetRequiredService<ConflictedMerges>(), p.GetRequiredService<PatchedTrees>(), p.GetRequiredService<IOptions<RepositoryOptions>>()));
        services.TryAddSingleton(p => new BranchMerger(
            p.GetRequiredService<GitRunner>(), p.GetRequiredService<RepositoryCache>(), p.GetRequiredService<IOptions<RepositoryOptions>>(), p.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(p => new PatchedTrees(
            p.GetRequiredService<GitRunner>(), p.GetRequiredService<RepositoryCache>(), p.GetRequiredService<ConflictedMerges>(), p.GetRequiredService<IOptions<RepositoryOptions>>()));
        return services;
    }
}
