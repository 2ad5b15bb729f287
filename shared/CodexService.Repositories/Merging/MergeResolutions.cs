using CodexService.Repositories.Git;
using CodexService.Repositories.Patches;
using CodexService.Repositories.Publishing;

namespace CodexService.Repositories.Merging;

/// <summary>A merge with the conflicts resolved by a patch.</summary>
/// <param name="Directory">This machine's copy of the repository.</param>
/// <param name="Merge">The merge that the patch was made on.</param>
/// <param name="Tree">The whole result.</param>
/// <param name="Held">
/// Paths that a person must look at: they are of the kind that is held, and neither as the branch had them nor as the base has them.
/// </param>
/// <param name="WithoutHeld">The result with the base's version of <paramref name="Held"/>.</param>
internal sealed record MergeResolution(string Directory, ConflictedMerge Merge, string Tree, IReadOnlyList<ChangedPath> Held, string WithoutHeld);

/// <summary>Puts patches on conflicted merges, and says what they come to. Thread-safe.</summary>
internal sealed class MergeResolutions(GitRunner git, ConflictedMerges merges)
{
    private readonly IndexedTree index = new(git);
    private readonly TreeDifference difference = new(git);

    /// <summary>Applies the patch to the merge of two commits.</summary>
    /// <exception cref="RepositoryException">The patch is refused, does not apply, or leaves nothing of the branch's change.</exception>
    public async Task<MergeResolution> ReadAsync(RepositoryAddress address, string head, string baseTip, string patch, PatchLimits limits, CancellationToken cancellationToken)
    {
        var check = PatchPolicy.Check(patch, limits);
        if (!check.Allowed || check.Files.Count == 0)
        {
            throw Refused(check.Allowed ? "the patch changes nothing" : check.Reason);
        }

        var merge = await merges.PrepareAsync(address, head, baseTip, cancellationToken);
        var directory = merges.DirectoryOf(address);
        var tree = await index.ApplyAsync(directory, merge.Commit, patch, cancellationToken);

        // The rules are for what the patch does. What people put on the base is theirs, symlinks and large files included.
        await difference.CheckAsync(directory, merge.Commit, tree, limits, cancellationToken);
        var fromBase = await difference.ListAsync(directory, baseTip, tree, cancellationToken);
        if (fromBase.Count == 0)
        {
            throw Refused("the resolution leaves nothing of the pull request: it is what the base branch has; close the pull request, or ask for it again and say what has to stay");
        }

        var fromHead = Paths(await difference.ListAsync(directory, head, tree, cancellationToken));
        IReadOnlyList<ChangedPath> held = [.. fromBase.Where(change => PathRules.IsHeld(change.Path) && fromHead.Contains(change.Path))];
        var without = tree;
        if (held.Count > 0)
        {
            var kept = Paths(held);
            var asInBase = (await difference.ListAsync(directory, tree, baseTip, cancellationToken)).Where(change => kept.Contains(change.Path));
            without = await index.ChangeAsync(directory, tree, asInBase, cancellationToken);
        }

        return new MergeResolution(directory, merge, tree, held, without);
    }

    /// <summary>
    /// The resolution without what is held, as a hosting service is told of it: what differs from the base's tree. What is as in the
    /// branch's commit is marked as known there.
    /// </summary>
    public async Task<PatchedTree> DescribeAsync(MergeResolution resolution, CancellationToken cancellationToken)
    {
        var (directory, merge) = (resolution.Directory, resolution.Merge);
        return new PatchedTree(
            merge.Address,
            merge.Head,
            await TreeAsync(directory, merge.BaseTip, cancellationToken),
            resolution.WithoutHeld,
            await FromBaseAsync(directory, merge.Head, merge.BaseTip, resolution.WithoutHeld, cancellationToken),
            [.. resolution.Held.Select(change => change.Path)])
        {
            MergedCommit = merge.BaseTip,
        };
    }

    /// <summary>A described resolution with what others had pushed, told of in the same way: what the base has, workflows say, is not written anew.</summary>
    public async Task<PatchedTree> OntoAsync(string directory, PatchedTree resolution, string head, string tree, CancellationToken cancellationToken) => resolution with
    {
        Parent = head,
        Tree = tree,
        Changes = await FromBaseAsync(directory, head, resolution.MergedCommit!, tree, cancellationToken),
    };

    private async Task<IReadOnlyList<ChangedPath>> FromBaseAsync(string directory, string head, string baseTip, string tree, CancellationToken cancellationToken)
    {
        var fromHead = Paths(await difference.ListAsync(directory, head, tree, cancellationToken));
        return [.. (await difference.ListAsync(directory, baseTip, tree, cancellationToken)).Select(change => fromHead.Contains(change.Path) ? change : change with { Bytes = 0, IsKnown = true })];
    }

    /// <summary>Some of what is held, as a change of the published commit.</summary>
    /// <param name="resolution">The resolution.</param>
    /// <param name="published">The commit that holds it without what is held, maybe with what others had pushed.</param>
    /// <param name="paths">The paths that were approved.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<PatchedTree> DescribeHeldAsync(MergeResolution resolution, string published, IReadOnlyCollection<string> paths, CancellationToken cancellationToken)
    {
        IReadOnlyList<ChangedPath> approved = [.. resolution.Held.Where(change => paths.Contains(change.Path))];
        var publishedTree = await TreeAsync(resolution.Directory, published, cancellationToken);
        var tree = approved.Count == 0 ? publishedTree : await index.ChangeAsync(resolution.Directory, published, approved, cancellationToken);
        return new PatchedTree(resolution.Merge.Address, published, publishedTree, tree, approved, []);
    }

    private async Task<string> TreeAsync(string directory, string commit, CancellationToken cancellationToken) =>
        (await git.RunCheckedAsync(new GitCommand("rev-parse", "--verify", "--end-of-options", commit + "^{tree}") { GitDirectory = directory }, cancellationToken)).Text.Trim();

    private static HashSet<string> Paths(IEnumerable<ChangedPath> changes) => changes.Select(change => change.Path).ToHashSet(StringComparer.Ordinal);

    private static RepositoryException Refused(string why) => new(RepositoryErrorKind.PatchRefused, why);
}
