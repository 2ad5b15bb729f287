using CodexService.GitHub;
using CodexService.GitHub.Configuration;
using CodexService.GitHub.Rest;
using CodexService.Repositories;

namespace CodexService.PullRequests.Forges.GitHub;

/// <summary>A repository on GitHub as it is now: under its present name, and readable by git.</summary>
/// <param name="Calls">Its API.</param>
/// <param name="Address">Where git reads it, with a token.</param>
/// <param name="Info">What GitHub says of it.</param>
internal sealed record GitHubTarget(IGitHubRepository Calls, RepositoryAddress Address, RepositoryInfo Info)
{
    /// <summary>Asks for the repository, under its new name when it was renamed.</summary>
    /// <exception cref="GitHubException">It is not there, or not ours to see.</exception>
    public static async Task<GitHubTarget> FindAsync(IGitHub github, RepositoryAddress address, CancellationToken cancellationToken)
    {
        var asked = Name(github, address) ?? throw new ArgumentException($"{address} is not on {GitHubHost.Of(github.ApiUrl).Authority}", nameof(address));
        var calls = github.Repository(asked);
        var info = await calls.GetAsync(cancellationToken);
        if (RepositoryName.TryParse(info.FullName, out var now) && now != asked)
        {
            // git's redirects carry no token; the present address needs none.
            calls = github.Repository(now);
            address = RepositoryAddress.Parse(address.Value.Replace(asked.ToString(), now.ToString(), StringComparison.OrdinalIgnoreCase));
        }

        return new GitHubTarget(calls, address.WithToken(await calls.GetTokenAsync(cancellationToken)), info);
    }

    /// <summary>Owner and name, when the address is of GitHub's host; else <see langword="null"/>.</summary>
    public static RepositoryName? Name(IGitHub github, RepositoryAddress address) =>
        address.IsLocal ? null : GitHubHost.NameOf(GitHubHost.Of(github.ApiUrl), address.Value);
}
