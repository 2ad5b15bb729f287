using System.Globalization;

namespace CodexService.Repositories.Patches;

/// <summary>The lines of a patch by file and number, for what people say about them. Reads what <c>git diff</c> writes; hunks that are broken end early.</summary>
public sealed class DiffLines
{
    private readonly Dictionary<string, List<List<DiffLine>>> files = new(StringComparer.Ordinal);

    private DiffLines()
    {
    }

    /// <summary>Reads a patch.</summary>
    public static DiffLines Read(string patch)
    {
        var diff = new DiffLines();
        List<List<DiffLine>>? hunks = null;
        string? before = null;
        var (old, @new, oldLeft, newLeft) = (0, 0, 0, 0);
        foreach (var range in patch.AsSpan().Split('\n'))
        {
            var line = patch[range];
            if (oldLeft > 0 || newLeft > 0)
            {
                var sign = line.Length == 0 ? ' ' : line[0];
                if (sign is not (' ' or '+' or '-'))
                {
                    continue;
                }

                hunks?[^1].Add(new DiffLine(line, sign == '+' ? null : old, sign == '-' ? null : @new));
                (old, oldLeft) = sign == '+' ? (old, oldLeft) : (old + 1, oldLeft - 1);
                (@new, newLeft) = sign == '-' ? (@new, newLeft) : (@new + 1, newLeft - 1);
            }
            else if (line.StartsWith("--- ", StringComparison.Ordinal))
            {
                before = Name(line[4..], "a/");
            }
            else if (line.StartsWith("+++ ", StringComparison.Ordinal))
            {
                hunks = (Name(line[4..], "b/") ?? before) is { } path ? diff.Of(path) : null;
            }
            else if (line.StartsWith("@@ ", StringComparison.Ordinal) && line.Split(' ', 4) is [_, ['-', .. var removed], ['+', .. var added], _])
            {
                (old, oldLeft) = Range(removed);
                (@new, newLeft) = Range(added);
                hunks?.Add([]);
            }
        }

        return diff;
    }

    /// <summary>Whether the file has lines in the patch.</summary>
    public bool Has(string path) => files.ContainsKey(path);

    /// <summary>
    /// The hunk of some lines from its beginning up to the last of them, each line with its sign; <see langword="null"/> when they are
    /// not in one hunk of the patch.
    /// </summary>
    /// <param name="path">Path in the repository.</param>
    /// <param name="before">Whether the numbers count in the file before the change.</param>
    /// <param name="first">Number of the first line.</param>
    /// <param name="last">Number of the last line.</param>
    public string? HunkThrough(string path, bool before, int first, int last)
    {
        foreach (var hunk in files.GetValueOrDefault(path) ?? [])
        {
            var end = hunk.FindIndex(line => line.Number(before) == last);
            if (end >= 0)
            {
                return hunk.Exists(line => line.Number(before) == first) ? string.Join('\n', hunk.Take(end + 1).Select(line => line.Text)) : null;
            }
        }

        return null;
    }

    /// <summary>
    /// The first line of a file that the patch changes; where nothing of the change is on that side, the line beside it.
    /// <see langword="null"/> when the file has no lines in the patch.
    /// </summary>
    /// <param name="path">Path in the repository.</param>
    /// <param name="before">Whether to count in the file before the change.</param>
    public int? FirstChange(string path, bool before)
    {
        if (files.GetValueOrDefault(path) is not [var hunk, ..] || hunk.FindIndex(line => line.Old is null || line.New is null) is not (>= 0 and var at))
        {
            return null;
        }

        return hunk.Skip(at).Concat(hunk.Take(at).Reverse()).Select(line => line.Number(before)).FirstOrDefault(number => number is not null) ?? 1;
    }

    private List<List<DiffLine>> Of(string path)
    {
        if (!files.TryGetValue(path, out var hunks))
        {
            files[path] = hunks = [];
        }

        return hunks;
    }

    // git ends a name that contains spaces with a tab, and quotes one with other characters.
    private static string? Name(string text, string prefix)
    {
        var name = QuotedPath.Read(text.TrimEnd('\r', '\t'))?.Name;
        return name is null or "/dev/null" ? null : name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
    }

    // "12,4" is line 12 and three more; a count that is left out is 1.
    private static (int Start, int Count) Range(string text)
    {
        var comma = text.IndexOf(',', StringComparison.Ordinal);
        return (Number(comma < 0 ? text : text[..comma]), comma < 0 ? 1 : Number(text[(comma + 1)..]));
    }

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private sealed record DiffLine(string Text, int? Old, int? New)
    {
        public int? Number(bool before) => before ? Old : New;
    }
}
