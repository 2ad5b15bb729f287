namespace CodexService.GitHub.Rest;

/// <summary>Git's objects and references (docs.github.com/rest/git). Objects made twice are the same object.</summary>
public interface IGitData
{
    /// <summary>Commit that a branch points at; <see langword="null"/> when there is no such branch.</summary>
    Task<string?> GetBranchAsync(string branch, CancellationToken cancellationToken);

    /// <summary>Makes a branch.</summary>
    /// <exception cref="GitHubException"><see cref="GitHubFailure.Refused"/> when it is there already.</exception>
    Task CreateBranchAsync(string branch, string commit, CancellationToken cancellationToken);

    /// <summary>Moves a branch.</summary>
    /// <param name="branch">Name without <c>refs/heads/</c>.</param>
    /// <param name="commit">Where to.</param>
    /// <param name="force">Whether commits of the branch may be lost.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="GitHubException"><see cref="GitHubFailure.Refused"/> when it is no fast-forward and <paramref name="force"/> is not set.</exception>
    Task UpdateBranchAsync(string branch, string commit, bool force, CancellationToken cancellationToken);

    /// <summary>A commit.</summary>
    Task<GitCommit> GetCommitAsync(string sha, CancellationToken cancellationToken);

    /// <summary>Stores a file's content and returns its id.</summary>
    Task<string> CreateBlobAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Makes a tree from another with some paths changed and returns its id.</summary>
    Task<string> CreateTreeAsync(string baseTree, IReadOnlyList<TreeChange> changes, CancellationToken cancellationToken);

    /// <summary>Makes a commit, which GitHub signs when the credentials are an App's and no author is given, and returns its id.</summary>
    Task<string> CreateCommitAsync(string message, string tree, IReadOnlyList<string> parents, CancellationToken cancellationToken);
}

/// <summary>A commit.</summary>
public sealed record GitCommit(string Sha, string Message, GitObject Tree, IReadOnlyList<GitObject> Parents)
{
    /// <summary>Whether and why GitHub shows it as verified.</summary>
    public CommitVerification? Verification { get; init; }
}

/// <summary>What GitHub says of a commit's signature.</summary>
public sealed record CommitVerification(bool Verified, string Reason);

/// <summary>A reference to an object.</summary>
public sealed record GitObject(string Sha);

/// <summary>One changed path of a tree.</summary>
/// <param name="Path">Path in the repository.</param>
/// <param name="Mode"><c>100644</c>, <c>100755</c>, <c>120000</c>, or <c>160000</c> for a submodule.</param>
/// <param name="Blob">Id of the content; <see langword="null"/> deletes the path.</param>
public sealed record TreeChange(string Path, string Mode, string? Blob);
