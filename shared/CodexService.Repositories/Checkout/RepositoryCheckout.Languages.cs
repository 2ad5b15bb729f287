using CodexService.Repositories.Inspection;

namespace CodexService.Repositories.Checkout;

/// <content>What a commit is written in.</content>
public sealed partial class RepositoryCheckout
{
    /// <summary>Whether a commit that is here has Python files; a tree too large to list in full counts as one that has.</summary>
    /// <exception cref="RepositoryException">There is no such commit here.</exception>
    public async Task<bool> HasPythonAsync(RepositoryAddress address, string commit, CancellationToken cancellationToken)
    {
        if (!CommitId().IsMatch(commit))
        {
            throw new RepositoryException(RepositoryErrorKind.UnknownRef, $"'{commit}' is not a commit id");
        }

        return (await CommitFiles.ListAsync(_git, address, _cache.DirectoryOf(address), commit, cancellationToken)).HavePython;
    }
}
