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
    /// <param name="github">GitHub.</param>
    /// <param name="address">Where it was when it was last heard of.</param>
    /// <param name="expectedId">Its id, where it is known.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GitHubException">It is not there, not ours to see, or another repository has its name by now.</exception>
    public static async Task<GitHubTarget> FindAsync(IGitHub github, RepositoryAddress address, long? expectedId, CancellationToken cancellationToken)
    {
        var asked = Name(github, address) ?? throw new ArgumentException($"{address} is not on {GitHubHost.Of(github.ApiUrl).Authority}", nameof(address));
        var (calls, info) = await PresentAsync(github, asked, expectedId, cancellationToken);
        if (calls.Name != asked)
        {
            // git's redirects carry no token; the present address needs none.
            address = RepositoryAddress.Parse(address.Value.Replace(asked.ToString(), calls.Name.ToString(), StringComparison.OrdinalIgnoreCase));
        }

        return new GitHubTarget(calls, address.WithToken(await calls.GetTokenAsync(cancellationToken)), info);
    }

    /// <summary>The API of the repository that is meant, under its present name, and what GitHub says of it.</summary>
    /// <param name="github">GitHub.</param>
    /// <param name="asked">Its name when it was last heard of.</param>
    /// <param name="expectedId">Its id, where it is known.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GitHubException">It is not there, not ours to see, or another repository has its name by now.</exception>
    public static async Task<(IGitHubRepository Calls, RepositoryInfo Info)> PresentAsync(IGitHub github, RepositoryName asked, long? expectedId, CancellationToken cancellationToken)
    {
        var calls = github.Repository(asked);
        var info = await calls.GetAsync(cancellationToken);
        if (WhyAnother(info, expectedId) is { } another)
        {
            throw new GitHubException(GitHubFailure.NotFound, another);
        }

        return (RepositoryName.TryParse(info.FullName, out var now) && now != asked ? github.Repository(now) : calls, info);
    }

    /// <summary>Why what GitHub tells of is not the repository that is meant, one line; <see langword="null"/> when it is, or when its id is not known.</summary>
    public static string? WhyAnother(RepositoryInfo info, long? expectedId) => expectedId is null || expectedId == info.Id
        ? null
        : $"{info.FullName} is another repository by now than the one that this task worked on; what was there is left to people";

    /// <summary>Owner and name, when the address is of GitHub's host; else <see langword="null"/>.</summary>
    public static RepositoryName? Name(IGitHub github, RepositoryAddress address) =>
        address.IsLocal ? null : GitHubHost.NameOf(GitHubHost.Of(github.ApiUrl), address.Value);
}
