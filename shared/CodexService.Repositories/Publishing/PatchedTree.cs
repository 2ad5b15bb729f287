namespace CodexService.Repositories.Publishing;

/// <summary>What a patch makes of a commit, read in this machine's copy of the repository.</summary>
/// <param name="Address">The repository.</param>
/// <param name="Parent">Commit that is changed.</param>
/// <param name="ParentTree">Its tree.</param>
/// <param name="Tree">The tree with the change, without what is held; its id is git's own, so it is the same everywhere.</param>
/// <param name="Changes">What differs between the two.</param>
/// <param name="Held">Paths of the patch that are left out until a person has looked at them.</param>
public sealed record PatchedTree(
    RepositoryAddress Address,
    string Parent,
    string ParentTree,
    string Tree,
    IReadOnlyList<ChangedPath> Changes,
    IReadOnlyList<string> Held)
{
    /// <summary>
    /// The second parent of a merge, whose tree is then <see cref="ParentTree"/>; <see langword="null"/> for a commit with one parent.
    /// </summary>
    public string? MergedCommit { get; init; }

    /// <summary>The parents of the commit, in their order.</summary>
    public IReadOnlyList<string> Parents => MergedCommit is null ? [Parent] : [Parent, MergedCommit];
}

/// <summary>One path of a change.</summary>
/// <param name="Path">Path in the repository.</param>
/// <param name="Mode"><c>100644</c> or <c>100755</c>, in merges whatever people committed; <see langword="null"/> when the path is deleted.</param>
/// <param name="Blob">Id of the new content; <see langword="null"/> when the path is deleted.</param>
/// <param name="Bytes">Size of the new content.</param>
public sealed record ChangedPath(string Path, string? Mode, string? Blob, long Bytes)
{
    /// <summary>Whether the repository that it is for has the content already, from one of the parents.</summary>
    public bool IsKnown { get; init; }
}

/// <summary>How putting a change on top of other people's commits ended.</summary>
public abstract record RebaseOutcome
{
    private RebaseOutcome()
    {
    }

    /// <summary>It fits; without <see cref="PatchedTree.Changes"/> everything is there already.</summary>
    /// <param name="Tree">The change on top of the others' head.</param>
    public sealed record Done(PatchedTree Tree) : RebaseOutcome;

    /// <summary>Both sides changed the same lines.</summary>
    /// <param name="Paths">Where.</param>
    public sealed record Conflict(IReadOnlyList<string> Paths) : RebaseOutcome;

    /// <summary>The branch no longer holds the commit that the change builds on.</summary>
    public sealed record Rewritten : RebaseOutcome;
}
