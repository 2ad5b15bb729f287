using System.Text;
using CodexService.Repositories.Git;

namespace CodexService.Repositories.Checkout;

/// <content>What lies at the root of a commit.</content>
public sealed partial class RepositoryCheckout
{
    private const long MaxRootBytes = 1L << 20;

    /// <summary>Names of the files and folders at the root of a commit; empty when they cannot be listed.</summary>
    /// <exception cref="RepositoryException">The repository cannot be used.</exception>
    public async Task<IReadOnlyList<string>> ListRootAsync(RepositoryAddress address, string commit, CancellationToken cancellationToken)
    {
        if (!CommitId().IsMatch(commit))
        {
            throw new RepositoryException(RepositoryErrorKind.UnknownRef, $"'{commit}' is not a commit id");
        }

        var directory = _cache.DirectoryOf(address);
        if (!Directory.Exists(directory))
        {
            await _cache.EnsureAsync(address, cancellationToken);
        }

        var names = await _git.RunAsync(
            new GitCommand("ls-tree", "-z", "--name-only", commit) { GitDirectory = directory, MaxOutputBytes = MaxRootBytes }, cancellationToken);
        return names.Succeeded ? Encoding.UTF8.GetString(names.Output.Span).Split('\0', StringSplitOptions.RemoveEmptyEntries) : [];
    }
}
