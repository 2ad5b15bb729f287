namespace CodexService.Repositories.Patches;

/// <summary>What a patch is made of and whether it may leave the sandbox.</summary>
/// <param name="Files">Changed files in order.</param>
/// <param name="Violations">Broken rules; empty means that the patch may go on.</param>
/// <param name="Held">Paths that a person must look at before approving (workflows).</param>
public sealed record PatchCheck(
    IReadOnlyList<PatchedFile> Files,
    IReadOnlyList<PatchViolation> Violations,
    IReadOnlyList<string> Held)
{
    /// <summary>Whether no rule is broken.</summary>
    public bool Allowed => Violations.Count == 0;

    /// <summary>The violations as one line for people, at most three of them named.</summary>
    public string Reason => Allowed
        ? "the patch breaks no rule"
        : string.Join("; ", Violations.Take(3)) + (Violations.Count > 3 ? $"; and {Violations.Count - 3} more" : "");
}

/// <summary>One file of a patch.</summary>
/// <param name="Path">Path in the repository.</param>
/// <param name="Change">What happens to it.</param>
/// <param name="AddedLines">Lines that start with '+'; 0 for binary files.</param>
/// <param name="RemovedLines">Lines that start with '-'; 0 for binary files.</param>
/// <param name="Binary">Whether it is a binary patch.</param>
public sealed record PatchedFile(string Path, FileChange Change, int AddedLines, int RemovedLines, bool Binary);

/// <summary>What happens to a file.</summary>
public enum FileChange
{
    /// <summary>Its content changes.</summary>
    Modified,

    /// <summary>It is new.</summary>
    Added,

    /// <summary>It goes.</summary>
    Deleted,
}

/// <summary>A broken rule.</summary>
/// <param name="Rule">Which.</param>
/// <param name="Path">Path in the repository, or <see langword="null"/> for the patch as a whole.</param>
/// <param name="Message">One line for people.</param>
public sealed record PatchViolation(PatchRule Rule, string? Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Message;
}

/// <summary>The rules for patches that come out of a sandbox.</summary>
public enum PatchRule
{
    /// <summary>It is exactly what <c>git diff</c> writes.</summary>
    WellFormed,

    /// <summary>It stays within <see cref="PatchLimits"/>.</summary>
    Size,

    /// <summary>Paths stay inside the repository.</summary>
    PathInside,

    /// <summary>git's own files and settings are left alone.</summary>
    NoGitFiles,

    /// <summary>No symlink is made or changed.</summary>
    NoSymlink,

    /// <summary>No submodule is made, changed or removed.</summary>
    NoSubmodule,

    /// <summary>Modes of existing files stay; new files are 100644 or 100755.</summary>
    NoModeChange,
}
