using CodexService.GitHub.Credentials;
using CodexService.GitHub.Rest;
using CodexService.GitHub.Transport;

namespace CodexService.GitHub;

/// <content>Whose credentials they are (docs.github.com/rest/users/users, docs.github.com/rest/apps/apps).</content>
internal sealed partial class GitHubConnection
{
    // Who goes on calling with credentials that are refused is shut out (docs.github.com, "Failed login limit").
    private static readonly TimeSpan RefusalRemembered = TimeSpan.FromMinutes(1);

    private volatile KnownAccount? known;

    private static GitHubRequest ReadApp => new(HttpMethod.Get, "app", "read the App");

    public string CredentialsFrom => Current() switch
    {
        PersonalAccessToken => Configuration.GitHubConfiguration.TokenName,
        InstallationTokens or UnreadableApp when file is not null => file.Path,
        InstallationTokens => Configuration.GitHubConfiguration.AppKeyName,
        _ => "the settings",
    };

    public async Task<string> GetLoginAsync(CancellationToken cancellationToken)
    {
        // Another App may be connected while this runs.
        var current = Current();
        if (known is not { } found || found.Of != current || (found.Refusal is not null && time.GetUtcNow() >= found.Until))
        {
            return (await AskAsync(current, isRepeatable: true, cancellationToken)).Login;
        }

        return found.Refusal is { } refusal
            ? throw new GitHubException(refusal.Failure, refusal.Message, refusal) { Status = refusal.Status, Said = refusal.Said }
            : found.Account!.Login;
    }

    public Task<GitHubAccount> GetAccountAsync(CancellationToken cancellationToken) => AskAsync(Current(), isRepeatable: false, cancellationToken);

    private async Task<GitHubAccount> AskAsync(IAccessTokens current, bool isRepeatable, CancellationToken cancellationToken)
    {
        try
        {
            var account = current switch
            {
                InstallationTokens app => await AskAppAsync(app, isRepeatable, cancellationToken),
                PersonalAccessToken person => await AskPersonAsync(person, isRepeatable, cancellationToken),
                UnreadableApp unreadable => throw unreadable.Unusable(),
                _ => throw NoTokens.NotConnected(),
            };
            known = new KnownAccount(current, account, null, default);
            return account;
        }
        catch (GitHubException e) when (e is { IsAnswer: true, IsPassing: false })
        {
            // Whose they were is still true.
            if (known is not { Account: not null } found || found.Of != current)
            {
                known = new KnownAccount(current, null, e, time.GetUtcNow() + RefusalRemembered);
            }

            throw;
        }
    }

    private async Task<GitHubAccount> AskAppAsync(InstallationTokens app, bool isRepeatable, CancellationToken cancellationToken)
    {
        var found = await transport.SendAsync<GitHubApp>(ReadApp with { IsRepeatable = isRepeatable }, app.AppToken(), cancellationToken);
        return new GitHubAccount($"{found.Slug}[bot]", found.HtmlUrl);
    }

    private async Task<GitHubAccount> AskPersonAsync(PersonalAccessToken person, bool isRepeatable, CancellationToken cancellationToken)
    {
        var request = new GitHubRequest(HttpMethod.Get, "user", "read whose token it is") { IsRepeatable = isRepeatable };
        var answer = await transport.SendAsync(request, person.Value, cancellationToken);
        return GitHubTransport.Read<GitHubAccount>(request, answer.Body) with { ExpiresAt = answer.TokenExpires };
    }

    // Either the account, or why there is none and until when that is remembered.
    private sealed record KnownAccount(IAccessTokens Of, GitHubAccount? Account, GitHubException? Refusal, DateTimeOffset Until);
}
