using CodexService.Repositories.Git;
using CodexService.Repositories.Patches;

namespace CodexService.Repositories.Publishing;

/// <content>Merges with the base branch whose conflicts a patch resolves.</content>
public sealed partial class PatchedTrees
{
    /// <summary>
    /// Applies the patch to the merge of two commits. Held paths keep the base's version and are named; what is as the base has it is
    /// the base's own change, and not held.
    /// </summary>
    /// <param name="address">The repository.</param>
    /// <param name="head">The branch's commit.</param>
    /// <param name="mergedCommit">The base branch's commit.</param>
    /// <param name="patch">The resolution.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="RepositoryException">The patch is refused or does not apply, or the repository cannot be read.</exception>
    public async Task<PatchedTree> ReadMergeAsync(RepositoryAddress address, string head, string mergedCommit, string patch, CancellationToken cancellationToken) =>
        await _resolutions.DescribeAsync(await _resolutions.ReadAsync(address, head, mergedCommit, patch, PatchLimits.Default, cancellationToken), cancellationToken);

    /// <summary>
    /// What <see cref="ReadMergeAsync"/> leaves out, of these paths alone, as a change of the commit that was published of it;
    /// <see langword="null"/> when that commit is not below <paramref name="branchHead"/>.
    /// </summary>
    /// <exception cref="RepositoryException">The patch is refused or does not apply, or the repository cannot be read.</exception>
    public async Task<PatchedTree?> ReadHeldOfMergeAsync(
        RepositoryAddress address, string head, string mergedCommit, string patch, IReadOnlyCollection<string> paths, string branchHead, CancellationToken cancellationToken)
    {
        var (directory, _) = await WithAsync(address, branchHead, cancellationToken);
        var line = await _git.RunCheckedAsync(
            new GitCommand("rev-list", "--first-parent", "--parents", "--merges", "--max-count=1000", branchHead, "--not", head) { GitDirectory = directory }, cancellationToken);
        var published = line.Text.Split('\n').Select(one => one.Split(' ')).FirstOrDefault(commits => commits is [_, _, var second] && second == mergedCommit)?[0];
        return published is null
            ? null
            : await _resolutions.DescribeHeldAsync(
                await _resolutions.ReadAsync(address, head, mergedCommit, patch, PatchLimits.Default, cancellationToken), published, paths, cancellationToken);
    }
}
