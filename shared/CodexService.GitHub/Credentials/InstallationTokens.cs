using System.Collections.Concurrent;
using System.Security.Cryptography;
using CodexService.GitHub.Transport;

namespace CodexService.GitHub.Credentials;

/// <summary>
/// Tokens of a GitHub App: minted for one repository, good for an hour, kept until shortly before they end. Thread-safe;
/// calls for the same repository wait for one token.
/// </summary>
internal sealed class InstallationTokens(GitHubSecrets.App app, GitHubTransport transport, TimeProvider time) : IAccessTokens
{
    private static readonly TimeSpan Reserve = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<RepositoryName, Task<Minted>> minted = new();
    private readonly Lock signing = new();

    public async ValueTask<string> ForAsync(RepositoryName repository, CancellationToken cancellationToken)
    {
        while (true)
        {
            var pending = minted.GetOrAdd(repository, MintAsync);
            Minted token;
            try
            {
                token = await pending.WaitAsync(cancellationToken);
            }
            catch (GitHubException)
            {
                // The next caller tries again.
                minted.TryRemove(new(repository, pending));
                throw;
            }

            if (token.Expires - time.GetUtcNow() > Reserve)
            {
                return token.Token;
            }

            minted.TryRemove(new(repository, pending));
        }
    }

    public bool Refused(RepositoryName repository, string token)
    {
        // Suspended, reinstalled, key replaced: a fresh one may be good.
        if (minted.TryGetValue(repository, out var pending) && pending.IsCompletedSuccessfully && pending.Result.Token == token)
        {
            minted.TryRemove(new(repository, pending));
        }

        return true;
    }

    /// <summary>A token of the App itself.</summary>
    public string AppToken()
    {
        lock (signing)
        {
            return AppJwt.Create(app.Id, app.Key, time.GetUtcNow()).Token;
        }
    }

    /// <summary>A fresh token that reads the contents of one repository and can do nothing else.</summary>
    public async Task<string> MintReadAsync(RepositoryName repository, CancellationToken cancellationToken) =>
        (await MintAsync(repository, new { repositories = new[] { repository.Name }, permissions = new { contents = "read" } }, cancellationToken)).Token;

    // Not the caller's to cancel: others may be waiting for the same token. The transport ends it in time.
    private Task<Minted> MintAsync(RepositoryName repository) => MintAsync(repository, new { repositories = new[] { repository.Name } }, CancellationToken.None);

    private async Task<Minted> MintAsync(RepositoryName repository, object rights, CancellationToken cancellationToken)
    {
        var jwt = AppToken();
        Installation installation;
        try
        {
            installation = await transport.SendAsync<Installation>(
                new GitHubRequest(HttpMethod.Get, $"repos/{repository}/installation", $"find the App's installation on {repository}"), jwt, cancellationToken);
        }
        catch (GitHubException e) when (e.Failure == GitHubFailure.NotFound)
        {
            throw new GitHubException(GitHubFailure.NotFound, $"the GitHub App is not installed on {repository}: install it there, or check the repository's name", e) { Status = e.Status };
        }

        if (installation.SuspendedAt is not null)
        {
            throw new GitHubException(GitHubFailure.Credentials, $"the GitHub App's installation on {repository} is suspended: a person has to resume it in the account's settings");
        }

        return await transport.SendAsync<Minted>(
            new GitHubRequest(HttpMethod.Post, $"app/installations/{installation.Id}/access_tokens", $"get a token for {repository}")
            {
                Body = rights,
                IsRepeatable = true,
                CreatesContent = false,
            },
            jwt,
            cancellationToken);
    }

    private sealed record Installation(long Id, DateTimeOffset? SuspendedAt);

    private sealed record Minted([property: System.Text.Json.Serialization.JsonPropertyName("token")] string Token, [property: System.Text.Json.Serialization.JsonPropertyName("expires_at")] DateTimeOffset Expires);
}
