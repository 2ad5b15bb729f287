using CodexService.GitHub;
using CodexService.GitHub.Rest;
using Microsoft.Extensions.Options;

namespace CodexService.PullRequests.Deliveries;

/// <summary>The name that people mention the service by on GitHub. Thread-safe.</summary>
internal sealed class AppName(IGitHub github, IOptions<GitHubTaskOptions> options)
{
    private const string Bot = "[bot]";

    /// <summary>The configured name, else the App's own, else <c>codex</c>; without <c>@</c> and <c>[bot]</c>.</summary>
    /// <exception cref="GitHubException">The App could not be asked for its name.</exception>
    public async ValueTask<string> FindAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Mention is { } configured)
        {
            return configured;
        }

        if (github.Access != GitHubAccess.App)
        {
            return "codex";
        }

        // Asked for once an App: another one may be connected at any time, by any process.
        var login = await github.GetLoginAsync(cancellationToken);
        return login.EndsWith(Bot, StringComparison.Ordinal) ? login[..^Bot.Length] : login;
    }

    /// <summary>Login that the App acts under, as <c>name[bot]</c>, whatever it is mentioned by; <see langword="null"/> with a personal token.</summary>
    /// <exception cref="GitHubException">The App could not be asked for its name.</exception>
    public async ValueTask<string?> BotAsync(CancellationToken cancellationToken) =>
        github.Access == GitHubAccess.App ? await github.GetLoginAsync(cancellationToken) : null;

    /// <summary>Login of the personal token's account, which issues are assigned to where there is no App; else <see langword="null"/>.</summary>
    /// <exception cref="GitHubException">GitHub could not be asked.</exception>
    public async ValueTask<string?> AccountAsync(CancellationToken cancellationToken) =>
        github.Access == GitHubAccess.Token ? await github.GetLoginAsync(cancellationToken) : null;
}
