using CodexService.GitHub.Configuration;
using CodexService.Repositories.Git;
using CodexService.Tasks.GitHubLink;
using MassTransit;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace CodexService.SourceAccess;

/// <summary>Registration of the ways to read private repositories.</summary>
public static class SourceAccessServiceCollectionExtensions
{
    private const string TokenName = "CODEX_GITHUB_READ_TOKEN";

    /// <summary>Adds <see cref="IReadCredentials"/> for GitHub (<c>CODEX_GITHUB_READ_TOKEN</c>, else the connected App). Calling it again changes nothing.</summary>
    public static IServiceCollection AddSourceAccess(this IServiceCollection services)
    {
        services.AddMemoryCache();
        services.TryAddSingleton<IReadCredentials>(provider =>
        {
            var configuration = provider.GetRequiredService<IConfiguration>();
            var token = configuration[TokenName]?.Trim() is { Length: > 0 } given ? given : null;
            if (token?.All(character => character is > ' ' and <= '~') == false)
            {
                throw new ServiceDefaults.Configuration.ConfigurationException($"{TokenName} holds blanks, line breaks or letters that no token has: give the token alone.");
            }

            return new GitHubReadAccess(
                GitHubHost.From(configuration),
                token,
                provider.GetRequiredService<GitHubLinks>(),
                provider.GetRequiredService<IBus>(),
                provider.GetRequiredService<IMemoryCache>(),
                provider.GetRequiredService<ILogger<GitHubReadAccess>>());
        });
        return services;
    }
}
