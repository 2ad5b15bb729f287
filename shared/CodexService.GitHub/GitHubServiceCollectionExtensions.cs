using CodexService.GitHub.Configuration;
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
    /// Adds <see cref="IGitHub"/> when credentials are configured (<c>CODEX_GITHUB_TOKEN</c>, or <c>CODEX_GITHUB_APP_ID</c> with
    /// <c>CODEX_GITHUB_APP_KEY</c>), and says whether they are. The settings are checked here; nothing is asked over the network.
    /// </summary>
    /// <exception cref="ServiceDefaults.Configuration.ConfigurationException">A setting is not usable; the message names it and the fix.</exception>
    public static bool AddGitHub(this IServiceCollection services, IConfiguration configuration)
    {
        var options = GitHubConfiguration.Options(configuration);
        if (GitHubConfiguration.Secrets(configuration) is not { } secrets)
        {
            return false;
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IGitHub>(provider => new GitHubConnection(secrets, options, Handler(), provider.GetRequiredService<TimeProvider>()));
        return true;
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
