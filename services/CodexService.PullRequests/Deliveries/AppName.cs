using CodexService.GitHub;
using CodexService.GitHub.Rest;
using Microsoft.Extensions.Options;

namespace CodexService.PullRequests.Deliveries;

/// <summary>The name that people mention the service by on GitHub. Thread-safe.</summary>
internal sealed class AppName(IGitHub github, IOptions<GitHubTaskOptions> options)
{
    /// <summary>The name where there is no App: who mentions the account of a personal token means the person.</summary>
    public const string WithoutApp = "codex";

    /// <summary>The configured name, else the App's own, else <c>codex</c>; without <c>@</c> and <c>[bot]</c>.</summary>
    /// <exception cref="GitHubException">The App could not be asked for its name.</exception>
    public async ValueTask<string> FindAsync(CancellationToken cancellationToken) => options.Value.Mention
        // Asked for once an App: another one may be connected at any time, by any process.
        ?? (github.Access == GitHubAccess.App ? GitHubAccount.NameOf(await github.GetLoginAsync(cancellationToken)) : WithoutApp);

    /// <summary>Login that the App acts under, as <c>name[bot]</c>, whatever it is mentioned by; <see langword="null"/> with a personal token.</summary>
    /// <exception cref="GitHubException">The App could not be asked for its name.</exception>
    public async ValueTask<string?> BotAsync(CancellationToken cancellationToken) =>
        github.Access == GitHubAccess.App ? await github.GetLoginAsync(cancellationToken) : null;

    /// <summary>Login of the personal token's account, which issues are assigned to where there is no App; else <see langword="null"/>.</summary>
    /// <exception cref="GitHubException">GitHub could not be asked.</exception>
    public async ValueTask<string?> AccountAsync(CancellationToken cancellationToken) =>
        github.Access == GitHubAccess.Token ? await github.GetLoginAsync(cancellationToken) : null;
}
