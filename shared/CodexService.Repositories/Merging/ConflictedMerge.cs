namespace CodexService.Repositories.Merging;

/// <summary>What git makes of merging a base branch's tip into a branch, before anybody has resolved anything.</summary>
/// <param name="Address">The repository.</param>
/// <param name="Commit">A commit with both parents and that tree, in this machine's copy alone; the same on every machine with the same git.</param>
/// <param name="Tree">The tree; text files in conflict hold conflict markers.</param>
/// <param name="Head">The branch's commit: first parent, the upper part of a marked conflict.</param>
/// <param name="BaseTip">The base branch's commit: second parent, the lower part.</param>
/// <param name="Conflicts">What git could not merge, by path; empty when the two fit together.</param>
public sealed record ConflictedMerge(
    RepositoryAddress Address,
    string Commit,
    string Tree,
    string Head,
    string BaseTip,
    IReadOnlyList<ConflictedPath> Conflicts)
{
    /// <summary>Whether nobody has to do anything: it is merged already, or git can do it alone.</summary>
    public bool IsClean => Conflicts.Count == 0;
}

/// <summary>One path that git could not merge.</summary>
/// <param name="Path">Path in the repository; foreign text.</param>
/// <param name="Kind">What is in conflict.</param>
public sealed record ConflictedPath(string Path, ConflictKind Kind);

/// <summary>Kinds of conflicts, named by what lies in the tree afterwards.</summary>
public enum ConflictKind
{
    /// <summary>Both sides changed the same lines, or both added the file: it holds conflict markers.</summary>
    Content,

    /// <summary>Both sides changed a binary file: it is as the branch has it.</summary>
    Binary,

    /// <summary>The base deleted what the branch changed: it is there, as the branch has it.</summary>
    DeletedInBase,

    /// <summary>The branch deleted what the base changed: it is there, as the base has it.</summary>
    DeletedInBranch,

    /// <summary>Something about names: renamed twice, renamed and deleted, a file where the other side has a folder.</summary>
    Names,

    /// <summary>A submodule or a symlink, which no patch may change: a person has to resolve it.</summary>
    NotAFile,
}

/// <summary>What both sides did since they parted, newest first.</summary>
/// <param name="Branch">Commits of the branch.</param>
/// <param name="Base">Commits of the base.</param>
public sealed record SideHistories(SideHistory Branch, SideHistory Base);

/// <summary>The commits of one side.</summary>
/// <param name="Commits">The newest; each a short id and the first line of its message, which is foreign text.</param>
/// <param name="Total">How many there are.</param>
public sealed record SideHistory(IReadOnlyList<string> Commits, int Total);
