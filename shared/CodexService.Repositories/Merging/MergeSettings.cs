namespace CodexService.Repositories.Merging;

/// <summary>
/// What decides what a merge comes to, as arguments of git before the command, whatever a configuration that was included says: where
/// one place names conflicts, the others find the same ones.
/// </summary>
internal static class MergeSettings
{
    /// <summary>Of merges with a base branch. A file that would have to follow a folder that was renamed is a conflict.</summary>
    public static readonly string[] WithBase =
    [
        "-c", "merge.conflictStyle=merge", "-c", "merge.renames=true", "-c", "merge.directoryRenames=conflict", "-c", "merge.renormalize=false",
        "-c", "merge.renameLimit=7000", "-c", "diff.algorithm=histogram",
    ];

    /// <summary>Of changes that are put on top of others' commits: no file goes anywhere but where the change has it, as paths were judged by their names.</summary>
    public static readonly string[] OntoOthers = [.. WithBase, "-c", "merge.directoryRenames=false"];
}
