using System.Text;
using CodexService.Repositories.Git;

namespace CodexService.Repositories.Checkout;

/// <content>Commits that are known already, and what lies at their root.</content>
public sealed partial class RepositoryCheckout
{
    private const long MaxRootBytes = 1L << 20;

    /// <summary>
    /// Brings the cached copy up to date when it lacks a commit, one that another machine resolved for example. Whether the commit is there
    /// then is told by what reads it.
    /// </summary>
    /// <exception cref="RepositoryException">The repository cannot be used.</exception>
    public async Task BringAsync(RepositoryAddress address, string commit, CancellationToken cancellationToken)
    {
        if (!CommitId().IsMatch(commit))
        {
            throw new RepositoryException(RepositoryErrorKind.UnknownRef, $"'{commit}' is not a commit id");
        }

        var directory = _cache.DirectoryOf(address);
        if (Directory.Exists(directory))
        {
            if ((await _git.RunAsync(new GitCommand("cat-file", "-e", commit + "^{tree}") { GitDirectory = directory }, cancellationToken)).Succeeded)
            {
                return;
            }

            _cache.Distrust(address);
        }

        await _cache.EnsureAsync(address, cancellationToken);
    }

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
