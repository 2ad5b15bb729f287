using CodexService.Repositories.Patches;

namespace CodexService.Repositories.Publishing;

/// <content>Commits that people put on the branch meanwhile.</content>
public sealed partial class BranchPublisher
{
    private const int MostNamed = 5;

    /// <summary>Puts the change on top of what others committed; an earlier try that did so is found again.</summary>
    private async Task<PublishedBranch> OntoOthersAsync(
        string directory, PublishRequest request, string expected, string existing, string tree, IReadOnlyList<string> held, CancellationToken cancellationToken)
    {
        // Everything of the change is on the branch, what a person has to look at too: nothing else than that may be carried to such a path.
        var patched = new PatchedTree(
            request.Address, request.BaseCommit, ParentTree: "", tree, await _difference.ListAsync(directory, request.BaseCommit, tree, cancellationToken), held) { MergedCommit = request.MergedCommit };
        switch (await _trees.RebaseAsync(patched, expected, existing, cancellationToken))
        {
            case RebaseOutcome.Done { Tree.Changes.Count: 0 }:
                return new PublishedBranch(request.Branch, existing, held, Adopted: true) { Rebased = true };
            case RebaseOutcome.Done done:
                var commit = await CommitAsync(directory, request, done.Tree.Tree, existing, cancellationToken);
                var push = await PushAsync(directory, request, commit, existing, cancellationToken);
                return push.Succeeded
                    ? new PublishedBranch(request.Branch, commit, held, Adopted: false) { Rebased = true }
                    : throw (PushError.IsStale(push)
                        ? new RepositoryException(RepositoryErrorKind.Unreachable, $"somebody pushed to {request.Branch} at this moment")
                        : NotTaken(request, push));
            case RebaseOutcome.Conflict conflict:
                throw new RepositoryException(
                    RepositoryErrorKind.PushRefused,
                    $"somebody pushed to {request.Branch} meanwhile, and the change conflicts with their commits in {Named(conflict.Paths)}; ask for it again on the present head, or apply the patch by hand");
            default:
                throw new RepositoryException(
                    RepositoryErrorKind.PushRefused,
                    $"somebody rewrote the branch {request.Branch} of {request.Address} ({expected[..12]} is no longer in it), which is not overwritten; put it back, or apply the patch by hand");
        }
    }

    private static string Named(IReadOnlyList<string> paths) =>
        string.Join(", ", paths.Take(MostNamed).Select(PathRules.Show)) + (paths.Count > MostNamed ? $" and {paths.Count - MostNamed} more" : "");
}
