using CodexService.Repositories.Git;

namespace CodexService.Repositories.Checkout;

/// <content>What a commit is written in.</content>
public sealed partial class RepositoryCheckout
{
    private const long MaxNamesBytes = 8L << 20;

    /// <summary>Whether a commit that is here has Python files; a tree too large to list in full counts as one that has.</summary>
    /// <exception cref="RepositoryException">There is no such commit here.</exception>
    public async Task<bool> HasPythonAsync(RepositoryAddress address, string commit, CancellationToken cancellationToken)
    {
        if (!CommitId().IsMatch(commit))
        {
            throw new RepositoryException(RepositoryErrorKind.UnknownRef, $"'{commit}' is not a commit id");
        }

        var names = await _git.RunAsync(
            new GitCommand("ls-tree", "-r", "-z", "--name-only", commit) { GitDirectory = _cache.DirectoryOf(address), MaxOutputBytes = MaxNamesBytes },
            cancellationToken);
        return names.Truncated || (names.Succeeded
            ? names.Output.Span.IndexOf(".py\0"u8) >= 0
            : throw new RepositoryException(RepositoryErrorKind.UnknownRef, $"{address} has no commit {commit} (any more): {names.ErrorLine}"));
    }
}
