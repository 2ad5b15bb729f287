using CodexService.Repositories.Patches;

namespace CodexService.Repositories.Reviewing;

/// <summary>The commits between which a change lies.</summary>
/// <param name="MergeBase">Newest commit that base and head share; the diff is relative to it.</param>
/// <param name="Head">Head commit of the change.</param>
public sealed record ChangeRange(string MergeBase, string Head);

/// <summary>A change as a diff, read from git's objects. Names and lines are other people's text.</summary>
/// <param name="Files">Changed files in git's order.</param>
public sealed record ChangeDiff(IReadOnlyList<DiffFile> Files)
{
    /// <summary>Lines that it adds.</summary>
    public int AddedLines => Files.Sum(file => file.AddedLines);

    /// <summary>Lines that it removes.</summary>
    public int RemovedLines => Files.Sum(file => file.RemovedLines);

    /// <summary>The file of that path on the new side; <see langword="null"/> when the change does not touch it.</summary>
    public DiffFile? Find(string path) => Files.FirstOrDefault(file => file.Path == path && file.Hunks.Count > 0) ?? Files.FirstOrDefault(file => file.Path == path);
}

/// <summary>One changed file.</summary>
/// <param name="Path">Its path after the change; for a deleted file the one before.</param>
/// <param name="Change">What happens to it.</param>
/// <param name="Hunks">Its hunks with three lines of context; empty for binary files, pure renames and changes of mode.</param>
public sealed record DiffFile(string Path, FileChange Change, IReadOnlyList<DiffHunk> Hunks)
{
    /// <summary>Its path before the change, when that was another one.</summary>
    public string? OldPath { get; init; }

    /// <summary>Whether git takes it for binary.</summary>
    public bool IsBinary { get; init; }

    /// <summary>Lines that are added.</summary>
    public int AddedLines => Hunks.Sum(hunk => hunk.Lines.Count(line => line.Kind == DiffLineKind.Added));

    /// <summary>Lines that are removed.</summary>
    public int RemovedLines => Hunks.Sum(hunk => hunk.Lines.Count(line => line.Kind == DiffLineKind.Removed));

    /// <summary>
    /// The text of the lines <paramref name="start"/> to <paramref name="end"/> of the new file; <see langword="null"/> unless one
    /// hunk shows them all. Only such lines can be commented on.
    /// </summary>
    public IReadOnlyList<string>? NewLines(int start, int end)
    {
        if (start < 1 || end < start || Hunks.FirstOrDefault(hunk => start >= hunk.NewStart && end < hunk.NewStart + hunk.NewCount) is not { } hunk)
        {
            return null;
        }

        return [.. hunk.Lines.Where(line => line.NewLine >= start && line.NewLine <= end).Select(line => line.Text)];
    }
}

/// <summary>A run of lines.</summary>
/// <param name="Heading">What git names after the line numbers, such as the function.</param>
/// <param name="NewStart">First line in the new file.</param>
/// <param name="NewCount">How many lines of the new file it shows.</param>
/// <param name="Lines">Its lines.</param>
public sealed record DiffHunk(string Heading, int NewStart, int NewCount, IReadOnlyList<DiffLine> Lines);

/// <summary>A line.</summary>
/// <param name="Kind">What happens to it.</param>
/// <param name="NewLine">Its number in the new file; <see langword="null"/> for a removed one.</param>
/// <param name="Text">Its text without the line end.</param>
public readonly record struct DiffLine(DiffLineKind Kind, int? NewLine, string Text);

/// <summary>What happens to a line.</summary>
public enum DiffLineKind
{
    /// <summary>It stays.</summary>
    Context,

    /// <summary>It is new.</summary>
    Added,

    /// <summary>It goes.</summary>
    Removed,
}
