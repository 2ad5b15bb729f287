using System.Globalization;
using System.Text.RegularExpressions;
using CodexService.Repositories.Patches;

namespace CodexService.Repositories.Reviewing;

/// <summary>
/// Reads what <c>git diff-tree -p</c> writes. Hunks are followed by their counts, so that lines of files which look like
/// headers of a diff are what they are: lines.
/// </summary>
internal sealed partial class DiffReader
{
    private const string Start = "diff --git ";

    private readonly string[] _lines;
    private int _position;

    private DiffReader(string diff) => _lines = diff.Split('\n');

    /// <summary>Reads a whole diff.</summary>
    public static ChangeDiff Read(string diff)
    {
        var reader = new DiffReader(diff);
        var files = new List<DiffFile>();
        while (reader._position < reader._lines.Length)
        {
            if (reader.Current.StartsWith(Start, StringComparison.Ordinal))
            {
                files.Add(reader.ReadFile());
            }
            else
            {
                reader._position++;
            }
        }

        return new ChangeDiff(files);
    }

    private string Current => _lines[_position];

    private DiffFile ReadFile()
    {
        var path = SameName(Current[Start.Length..]);
        string? oldPath = null;
        var (change, binary) = (FileChange.Modified, false);
        var hunks = new List<DiffHunk>();
        for (_position++; _position < _lines.Length && !Current.StartsWith(Start, StringComparison.Ordinal);)
        {
            var line = Current;
            if (Header().Match(line) is { Success: true } header)
            {
                hunks.Add(ReadHunk(header));
                continue;
            }

            _position++;
            if (line.StartsWith("new file mode ", StringComparison.Ordinal))
            {
                change = FileChange.Added;
            }
            else if (line.StartsWith("deleted file mode ", StringComparison.Ordinal))
            {
                change = FileChange.Deleted;
            }
            else if (Value(line, "rename from ") is { } before)
            {
                oldPath = Unquoted(before);
            }
            else if (Value(line, "rename to ") is { } after)
            {
                path = Unquoted(after);
            }
            else if (line.StartsWith("Binary files ", StringComparison.Ordinal))
            {
                binary = true;
            }
            else if (Value(line, "--- ") is { } old && Side(old, "a/") is { } removed)
            {
                path ??= removed;
            }
            else if (Value(line, "+++ ") is { } now && Side(now, "b/") is { } added)
            {
                path = added;
            }
        }

        return new DiffFile(path ?? "", change, hunks) { OldPath = oldPath == path ? null : oldPath, IsBinary = binary };
    }

    private DiffHunk ReadHunk(Match header)
    {
        var (old, number, count) = (Number(header, "oldcount"), Number(header, "start"), Number(header, "count"));
        var (start, left) = (number, count);
        var lines = new List<DiffLine>();
        for (_position++; _position < _lines.Length && (old > 0 || left > 0); _position++)
        {
            var (sign, text) = Current.Length > 0 ? (Current[0], Current[1..]) : (' ', "");
            switch (sign)
            {
                case '+':
                    lines.Add(new DiffLine(DiffLineKind.Added, number++, text));
                    left--;
                    break;
                case '-':
                    lines.Add(new DiffLine(DiffLineKind.Removed, null, text));
                    old--;
                    break;
                case '\\': // "No newline at end of file" of the line before.
                    break;
                default:
                    lines.Add(new DiffLine(DiffLineKind.Context, number++, text));
                    (old, left) = (old - 1, left - 1);
                    break;
            }
        }

        return new DiffHunk(header.Groups["heading"].Value.Trim(), start, count, lines);
    }

    // Names in the first line are not parted by anything; without a rename both are the same.
    private static string? SameName(string names)
    {
        if (names.StartsWith('"'))
        {
            return QuotedPath.Read(names) is { } read && read.Name.StartsWith("a/", StringComparison.Ordinal) ? read.Name[2..] : null;
        }

        var length = (names.Length - 5) / 2;
        return names.Length > 5 && names.StartsWith("a/", StringComparison.Ordinal) && names[2..(2 + length)] == names[^length..] ? names[^length..] : null;
    }

    // git ends a name with a tab when it has blanks.
    private static string? Side(string name, string prefix)
    {
        var read = Unquoted(name.TrimEnd('\t'));
        return read.StartsWith(prefix, StringComparison.Ordinal) ? read[prefix.Length..] : null;
    }

    private static string Unquoted(string name) => QuotedPath.Read(name)?.Name ?? name;

    private static string? Value(string line, string key) => line.StartsWith(key, StringComparison.Ordinal) ? line[key.Length..] : null;

    private static int Number(Match header, string group) =>
        header.Groups[group] is { Success: true } found && int.TryParse(found.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 1;

    [GeneratedRegex(@"^@@ -\d+(,(?<oldcount>\d+))? \+(?<start>\d+)(,(?<count>\d+))? @@(?<heading>.*)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Header();
}
