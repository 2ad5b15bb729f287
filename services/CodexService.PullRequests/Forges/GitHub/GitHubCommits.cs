using CodexService.GitHub.Rest;
using CodexService.Repositories;
using CodexService.Repositories.Publishing;

namespace CodexService.PullRequests.Forges.GitHub;

/// <summary>
/// Makes commits through the Git data API, where GitHub signs what an App makes without naming an author. What is too large for the
/// API is pushed. Thread-safe.
/// </summary>
internal sealed class GitHubCommits(PatchedTrees trees, GitHubForgeOptions options)
{
    private const int LongestWalk = 50;
    private const string Submodule = "160000";

    /// <summary>Whether the change has to be pushed with git.</summary>
    public bool IsTooLarge(PatchedTree tree) => tree.Changes.Count > options.MostApiFiles || tree.Changes.Any(change => change.Bytes > options.LargestApiFile);

    /// <summary>Stores the files, the tree and the commit; no branch is at it yet.</summary>
    /// <exception cref="CodexService.GitHub.GitHubException">A call did not succeed.</exception>
    /// <exception cref="RepositoryException">GitHub made another tree of it than was verified.</exception>
    public async Task<string> MakeAsync(IGitData git, PatchedTree tree, string message, CancellationToken cancellationToken)
    {
        List<TreeChange> changes = [];
        foreach (var change in tree.Changes)
        {
            changes.Add(new TreeChange(
                change.Path,
                change.Mode ?? "100644",
                change.Blob is null || change.IsKnown || change.Mode == Submodule ? change.Blob : await git.CreateBlobAsync(await trees.ContentAsync(tree, change, cancellationToken), cancellationToken)));
        }

        var made = await git.CreateTreeAsync(tree.ParentTree, changes, cancellationToken);
        return made == tree.Tree
            ? await git.CreateCommitAsync(message, made, tree.Parents, cancellationToken)
            : throw new RepositoryException(RepositoryErrorKind.PushRefused, $"GitHub made the tree {made} of the change, which is not what was verified ({tree.Tree}); nothing was published");
    }

    /// <summary>
    /// The newest commit of the task on a branch, at its head or under what others put there; <see langword="null"/> when there is none
    /// above <paramref name="start"/>.
    /// </summary>
    public static async Task<GitCommit?> FindAsync(IGitData git, string head, Guid taskId, string start, CancellationToken cancellationToken)
    {
        var at = head;
        for (var steps = 0; steps < LongestWalk && at != start; steps++)
        {
            var commit = await git.GetCommitAsync(at, cancellationToken);
            if (TaskTrailers.Names(commit.Message, taskId))
            {
                return commit;
            }

            if (commit.Parents is not [var parent, ..])
            {
                return null;
            }

            at = parent.Sha;
        }

        return null;
    }
}
