using CodexService.GitHub.Configuration;
using CodexService.GitHub.Credentials;
using CodexService.GitHub.Rest;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CodexService.GitHub;

/// <summary>Registration of GitHub.</summary>
public static class GitHubServiceCollectionExtensions
{
    private static readonly TimeSpan ConnectionLife = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Adds <see cref="IGitHub"/> with the configured credentials (<c>CODEX_GITHUB_TOKEN</c>, or <c>CODEX_GITHUB_APP_ID</c> with
    /// <c>CODEX_GITHUB_APP_KEY</c>), or with those of an App that was made from the dashboard. The settings are checked here;
    /// nothing is asked over the network.
    /// </summary>
    /// <param name="services">Services.</param>
    /// <param name="configuration">Settings.</param>
    /// <param name="dataFolder">Folder in which an App's credentials are kept.</param>
    /// <exception cref="ServiceDefaults.Configuration.ConfigurationException">A setting is not usable; the message names it and the fix.</exception>
    public static IServiceCollection AddGitHub(this IServiceCollection services, IConfiguration configuration, string dataFolder)
    {
        var options = GitHubConfiguration.Options(configuration);
        var secrets = GitHubConfiguration.Secrets(configuration);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IGitHub>(provider => new GitHubConnection(
            secrets, options, Handler(), provider.GetRequiredService<TimeProvider>(), secrets is null ? AppFile.In(dataFolder) : null));
        return services;
    }

    // Redirects are followed by the transport, which sends the token to the API's own address only.
    private static SocketsHttpHandler Handler() => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = System.Net.DecompressionMethods.All,
        PooledConnectionLifetime = ConnectionLife,
        UseCookies = false,
    };
}
