using CodexService.GitHub.Configuration;
using CodexService.GitHub.Credentials;
using CodexService.GitHub.Rest;
using CodexService.GitHub.Transport;

namespace CodexService.GitHub;

/// <summary>The configured way to GitHub.</summary>
internal sealed class GitHubConnection : IGitHub, IDisposable
{
    private readonly GitHubTransport transport;
    private readonly IAccessTokens tokens;

    public GitHubConnection(GitHubSecrets secrets, GitHubOptions options, HttpMessageHandler handler, TimeProvider time)
    {
        transport = new GitHubTransport(new HttpClient(handler), options, time);
        tokens = secrets switch
        {
            GitHubSecrets.Token token => new PersonalAccessToken(token.Value),
            GitHubSecrets.App app => new InstallationTokens(app, transport, time),
            _ => throw new ArgumentException("unknown credentials", nameof(secrets)),
        };
    }

    public IGitHubRepository Repository(RepositoryName name) => new GitHubRepository(new RepositoryCalls(name, transport, tokens));

    public async Task<string?> GetAppNameAsync(CancellationToken cancellationToken) => tokens is InstallationTokens app
        ? (await transport.SendAsync<AppInfo>(new GitHubRequest(HttpMethod.Get, "app", "read the App"), app.AppToken(), cancellationToken)).Slug
        : null;

    public void Dispose() => transport.Dispose();

    private sealed record AppInfo(string Slug);
}
