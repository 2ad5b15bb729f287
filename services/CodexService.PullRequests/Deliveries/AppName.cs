using CodexService.GitHub;
using CodexService.GitHub.Rest;
using Microsoft.Extensions.Options;

namespace CodexService.PullRequests.Deliveries;

/// <summary>The name that people mention the service by on GitHub. Thread-safe.</summary>
internal sealed class AppName(IGitHub github, IOptions<GitHubTaskOptions> options)
{
    private volatile Known? known;

    /// <summary>The configured name, else the App's own, else <c>codex</c>; without <c>@</c> and <c>[bot]</c>.</summary>
    /// <exception cref="GitHubException">The App could not be asked for its name.</exception>
    public async ValueTask<string> FindAsync(CancellationToken cancellationToken)
    {
        // Another App, or the first one, may be connected at any time, by this process or by another one.
        var generation = github.Generation;
        if (known is not { } remembered || remembered.Generation != generation)
        {
            known = remembered = new Known(generation, options.Value.Mention ?? (await github.GetAppAsync(cancellationToken))?.Slug ?? "codex");
        }

        return remembered.Name;
    }

    /// <summary>Login of the personal token's account, which issues are assigned to where there is no App; else <see langword="null"/>.</summary>
    /// <exception cref="GitHubException">GitHub could not be asked.</exception>
    public async ValueTask<string?> AccountAsync(CancellationToken cancellationToken) =>
        github.Access == GitHubAccess.Token ? await github.GetLoginAsync(cancellationToken) : null;

    private sealed record Known(int Generation, string Name);
}
