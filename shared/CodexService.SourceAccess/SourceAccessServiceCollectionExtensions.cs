using CodexService.Repositories.Git;
using CodexService.Tasks.GitHubLink;
using MassTransit;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CodexService.SourceAccess;

/// <summary>Registration of the ways to read private repositories.</summary>
public static class SourceAccessServiceCollectionExtensions
{
    /// <summary>Adds <see cref="IReadCredentials"/> for GitHub (<c>CODEX_GITHUB_READ_TOKEN</c>, else the connected App). Calling it again changes nothing.</summary>
    public static IServiceCollection AddSourceAccess(this IServiceCollection services)
    {
        services.AddMemoryCache();

        // A setting that is not usable stops the start, not the first clone.
        services.AddOptions<SourceAccessOptions>().Configure<IConfiguration>((options, configuration) => options.Read(configuration)).ValidateOnStart();
        services.TryAddSingleton<IReadCredentials>(provider =>
        {
            var options = provider.GetRequiredService<IOptions<SourceAccessOptions>>().Value;
            return new GitHubReadAccess(
                options.Host,
                options.Token,
                provider.GetRequiredService<GitHubLinks>(),
                provider.GetRequiredService<IBus>(),
                options.Patience,
                provider.GetRequiredService<IMemoryCache>(),
                provider.GetRequiredService<ILogger<GitHubReadAccess>>());
        });
        return services;
    }
}
