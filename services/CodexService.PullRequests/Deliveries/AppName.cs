using CodexService.GitHub;
using CodexService.GitHub.Rest;
using Microsoft.Extensions.Options;

namespace CodexService.PullRequests.Deliveries;

/// <summary>The name that people mention the service by on GitHub. Thread-safe.</summary>
internal sealed class AppName(IGitHub github, IOptions<GitHubTaskOptions> options)
{
    private volatile string? known;

    /// <summary>Asks again: another App is connected.</summary>
    public void Forget() => known = null;

    /// <summary>The configured name, else the App's own, else <c>codex</c>; without <c>@</c> and <c>[bot]</c>.</summary>
    /// <exception cref="GitHubException">The App could not be asked for its name.</exception>
    public async ValueTask<string> FindAsync(CancellationToken cancellationToken) =>
        known ??= options.Value.Mention ?? (await github.GetAppAsync(cancellationToken))?.Slug ?? "codex";
}
