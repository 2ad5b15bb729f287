namespace CodexService.GitHub.Rest;

/// <summary>Opens repositories with the configured credentials. Thread-safe.</summary>
public interface IGitHub
{
    /// <summary>The calls on one repository; nothing is asked before the first of them.</summary>
    IGitHubRepository Repository(RepositoryName name);

    /// <summary>The App's name in mentions, without <c>[bot]</c>; <see langword="null"/> for a personal token.</summary>
    Task<string?> GetAppNameAsync(CancellationToken cancellationToken);
}

/// <summary>
/// GitHub's REST API of one repository, grouped and named after docs.github.com/rest. Every call throws
/// <see cref="GitHubException"/> when it does not succeed. Thread-safe.
/// </summary>
public interface IGitHubRepository
{
    /// <summary>Which repository.</summary>
    RepositoryName Name { get; }

    /// <summary>Blobs, trees, commits and references.</summary>
    IGitData Git { get; }

    /// <summary>Pull requests, their reviews and review comments.</summary>
    IPullRequests PullRequests { get; }

    /// <summary>Issues, their comments, labels and reactions; pull requests are issues too.</summary>
    IIssues Issues { get; }

    /// <summary>Check runs.</summary>
    ICheckRuns Checks { get; }

    /// <summary>The repository itself.</summary>
    Task<RepositoryInfo> GetAsync(CancellationToken cancellationToken);

    /// <summary>Text of a file; <see langword="null"/> when it is not there.</summary>
    /// <param name="path">Path in the repository.</param>
    /// <param name="reference">Branch, tag or commit.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task<byte[]?> ReadFileAsync(string path, string reference, CancellationToken cancellationToken);

    /// <summary>What a person may do, as it is at this moment: <c>admin</c>, <c>write</c>, <c>read</c> or <c>none</c>.</summary>
    Task<string> GetPermissionAsync(string login, CancellationToken cancellationToken);
}

/// <summary>A repository.</summary>
public sealed record RepositoryInfo(long Id, string FullName, string DefaultBranch, bool Private, bool Archived, string HtmlUrl, string CloneUrl);
