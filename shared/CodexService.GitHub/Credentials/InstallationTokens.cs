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

    private static readonly object NamesOnly = new { permissions = new { metadata = "read" } };

    private readonly ConcurrentDictionary<RepositoryName, Task<Minted>> minted = new();
    private readonly Lock signing = new();

    public async ValueTask<string> ForAsync(RepositoryName repository, CancellationToken cancellationToken)
    {
        for (var again = false; ; again = true)
        {
            var pending = minted.GetOrAdd(repository, MintAsync);
            Minted token;
            try
            {
                token = await pending.WaitAsync(cancellationToken);
            }
            catch when (pending.IsFaulted || pending.IsCanceled)
            {
                // The next caller tries again.
                minted.TryRemove(new(repository, pending));
                throw;
            }

            // With a clock that is an hour ahead every token seems to end: one that was just minted is tried all the same.
            if (again || token.Expires - time.GetUtcNow() > Reserve)
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
            var (token, expires) = AppJwt.Create(app.Id, app.Key, time.GetUtcNow());
            transport.Limits.Know(token, $"App {app.Id}", expires);
            return token;
        }
    }

    /// <summary>A fresh token that reads the contents of one repository and can do nothing else.</summary>
    public async Task<string> MintReadAsync(RepositoryName repository, CancellationToken cancellationToken) =>
        (await MintAsync(repository, name => new { repositories = new[] { name }, permissions = new { contents = "read" } }, cancellationToken)).Token;

    /// <summary>A fresh token that reads the names of an installation's repositories and nothing else.</summary>
    public async Task<string> MintNamesAsync(Installation installation, CancellationToken cancellationToken) =>
        (await MintAsync(installation, $"installation {installation.Id}", NamesOnly, AppToken(), cancellationToken)).Token;

    // Not the caller's to cancel: others may be waiting for the same token. The transport ends it in time.
    private Task<Minted> MintAsync(RepositoryName repository) => MintAsync(repository, name => new { repositories = new[] { name } }, CancellationToken.None);

    private async Task<Minted> MintAsync(RepositoryName repository, Func<string, object> rights, CancellationToken cancellationToken)
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
            throw new GitHubException(GitHubFailure.Suspended, $"the GitHub App's installation on {repository} is suspended: a person has to resume it in the account's settings");
        }

        try
        {
            return await MintAsync(installation, repository.ToString(), rights(repository.Name), jwt, cancellationToken);
        }
        catch (GitHubException e) when (e.Failure == GitHubFailure.Refused)
        {
            // A token is minted for a name that is: this one may be a former name, which GitHub redirects elsewhere. One that may
            // read nothing but names finds out.
            var namesOnly = await MintAsync(installation, repository.ToString(), NamesOnly, jwt, cancellationToken);
            var found = await transport.SendAsync<Rest.RepositoryInfo>(new GitHubRequest(HttpMethod.Get, $"repos/{repository}", $"read {repository}"), namesOnly.Token, cancellationToken);
            if (!RepositoryName.TryParse(found.FullName, out var now) || now == repository)
            {
                throw;
            }

            return await MintAsync(installation, repository.ToString(), rights(now.Name), jwt, cancellationToken);
        }
    }

    private async Task<Minted> MintAsync(Installation installation, string target, object rights, string jwt, CancellationToken cancellationToken)
    {
        var token = await transport.SendAsync<Minted>(
            new GitHubRequest(HttpMethod.Post, $"app/installations/{installation.Id}/access_tokens", $"get a token for {target}")
            {
                Body = rights,
                IsRepeatable = true,
                CreatesContent = false,
            },
            jwt,
            cancellationToken);
        transport.Limits.Know(token.Token, $"installation {installation.Id}", token.Expires);
        return token;
    }

    /// <summary>An installation as GitHub tells of it.</summary>
    public sealed record Installation(long Id, DateTimeOffset? SuspendedAt);

    private sealed record Minted([property: System.Text.Json.Serialization.JsonPropertyName("token")] string Token, [property: System.Text.Json.Serialization.JsonPropertyName("expires_at")] DateTimeOffset Expires);
}
