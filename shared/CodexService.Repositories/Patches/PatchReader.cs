using System.Globalization;

namespace CodexService.Repositories.Patches;

/// <summary>One file's part of a patch.</summary>
internal sealed record PatchSection(
    string Path,
    FileChange Change,
    string? OldMode,
    string? NewMode,
    int AddedLines,
    int RemovedLines,
    bool Binary,
    ulong ResultBytes);

/// <summary>
/// A strict reader of <c>git diff</c> output. <c>git apply</c> forgives much (text between the files, names that differ
/// from line to line, headers inside of content); what it would forgive is refused here, so that both read the same.
/// </summary>
internal sealed class PatchReader(string patch, PatchLimits limits)
{
    private int _position;
    private int _line;
    private string? _current;

    /// <exception cref="FormatException">The text is no such patch; the message says where.</exception>
    public List<PatchSection> ReadAll()
    {
        var sections = new List<PatchSection>();
        Next();
        while (_current is not null)
        {
            sections.Add(ReadSection());
            if (sections.Count > limits.MaxFiles + 1)
            {
                break;
            }
        }

        return sections;
    }

    private PatchSection ReadSection()
    {
        const string Start = "diff --git ";
        if (!_current!.StartsWith(Start, StringComparison.Ordinal))
        {
            throw Wrong("expected 'diff --git'");
        }

        var path = ReadGitNames(_current[Start.Length..]);
        Next();

        string? oldMode = null, newMode = null, indexMode = null;
        var (added, deleted) = (false, false);
        while (_current is not null && !_current.StartsWith("diff --git ", StringComparison.Ordinal))
        {
            if (Value("old mode ") is { } before)
            {
                oldMode = before;
            }
            else if (Value("new mode ") is { } after)
            {
                newMode = after;
            }
            else if (Value("new file mode ") is { } created)
            {
                (newMode, added) = (created, true);
            }
            else if (Value("deleted file mode ") is { } removed)
            {
                (oldMode, deleted) = (removed, true);
            }
            else if (Value("index ") is { } index)
            {
                indexMode = ReadIndexMode(index);
            }
            else if (IsRename(_current))
            {
                throw Wrong($"'{Show(_current)}': renames and copies must be written as a deletion and an addition");
            }
            else
            {
                break;
            }

            Next();
        }

        if (added && deleted)
        {
            throw Wrong($"'{PathRules.Show(path)}' is both new and deleted");
        }

        if (indexMode is not null)
        {
            (oldMode, newMode) = (oldMode ?? indexMode, newMode ?? indexMode);
        }

        var change = added ? FileChange.Added : deleted ? FileChange.Deleted : FileChange.Modified;
        var (plus, minus, binary, size) = (0, 0, false, 0UL);
        if (_current is not null && _current.StartsWith("--- ", StringComparison.Ordinal))
        {
            (plus, minus, size) = ReadText(path, change);
        }
        else if (_current == "GIT binary patch")
        {
            (binary, size) = (true, ReadBinary());
        }
        else if (_current is not null && !_current.StartsWith("diff --git ", StringComparison.Ordinal))
        {
            throw Wrong($"unexpected line '{Show(_current)}'");
        }

        return new PatchSection(path, change, oldMode, change == FileChange.Deleted ? null : newMode, plus, minus, binary, size);
    }

    private (int Added, int Removed, ulong Bytes) ReadText(string path, FileChange change)
    {
        ReadFileName("--- ", "a/", path, change == FileChange.Added);
        ReadFileName("+++ ", "b/", path, change == FileChange.Deleted);
        var (added, removed, bytes, hunks) = (0, 0, 0UL, 0);
        while (_current is not null && _current.StartsWith("@@ ", StringComparison.Ordinal))
        {
            hunks++;
            var (before, after) = ReadHunkCounts(_current);
            Next();
            while (before > 0 || after > 0 || IsNoNewlineMark(_current))
            {
                if (_current is null)
                {
                    throw Wrong("the patch ends inside a hunk");
                }

                switch (_current.Length == 0 ? '\0' : _current[0])
                {
                    case ' ' when before > 0 && after > 0:
                        (before, after) = (before - 1, after - 1);
                        break;
                    case '-' when before > 0:
                        (before, removed) = (before - 1, removed + 1);
                        break;
                    case '+' when after > 0:
                        (after, added, bytes) = (after - 1, added + 1, bytes + (ulong)_current.Length);
                        break;
                    case '\\' when IsNoNewlineMark(_current):
                        break;
                    default:
                        throw Wrong($"'{Show(_current)}' does not fit its hunk");
                }

                Next();
            }
        }

        return hunks > 0 ? (added, removed, bytes) : throw Wrong($"'{PathRules.Show(path)}' has no hunk");
    }

    private ulong ReadBinary()
    {
        Next();
        var size = ReadBinaryBlock();
        if (_current is not null && (Value("literal ") ?? Value("delta ")) is not null)
        {
            // The way back; git apply reads it only with --reverse, which nobody uses.
            _ = ReadBinaryBlock();
        }

        return size;
    }

    private ulong ReadBinaryBlock()
    {
        var delta = Value("delta ") is not null;
        if (!ulong.TryParse(Value("literal ") ?? Value("delta "), NumberStyles.None, CultureInfo.InvariantCulture, out var size))
        {
            throw Wrong("a binary patch needs 'literal' or 'delta' and a size");
        }

        Next();
        var lines = new List<string>();
        while (!string.IsNullOrEmpty(_current))
        {
            if (!BinaryPatch.IsEncodedLine(_current))
            {
                throw Wrong("a line of a binary patch is not encoded as git does it");
            }

            if (lines.Count < BinaryPatch.HeaderLines)
            {
                lines.Add(_current);
            }

            Next();
        }

        if (_current is null)
        {
            throw Wrong("a binary patch ends with an empty line");
        }

        Next();
        if (!delta)
        {
            return size;
        }

        var result = BinaryPatch.DeltaResultSize(lines) ?? throw Wrong("a binary delta cannot be read");
        return Math.Max(size, result);
    }

    private string ReadGitNames(string names)
    {
        string? first, second;
        if (names.StartsWith('"'))
        {
            var quoted = QuotedPath.Read(names) ?? throw Wrong("a quoted name is broken");
            first = quoted.Name;
            second = quoted.After.StartsWith(' ') ? Whole(quoted.After[1..]) : null;
        }
        else
        {
            // Without renames both names are the same, so the middle is known even when the name contains " b/".
            var middle = names.Length / 2;
            var sameLength = names.Length % 2 == 1 && names[middle] == ' ';
            first = sameLength ? names[..middle] : null;
            second = sameLength ? names[(middle + 1)..] : null;
        }

        return first is not null && second is not null
            && first.StartsWith("a/", StringComparison.Ordinal) && second.StartsWith("b/", StringComparison.Ordinal)
            && string.Equals(first[2..], second[2..], StringComparison.Ordinal)
                ? first[2..]
                : throw Wrong("'diff --git' must name the same file twice, as a/… and b/…");
    }

    private void ReadFileName(string start, string prefix, string path, bool absent)
    {
        if (_current is null || !_current.StartsWith(start, StringComparison.Ordinal))
        {
            throw Wrong($"expected '{start.Trim()}'");
        }

        // git ends a name that contains spaces with a tab.
        var text = _current[start.Length..];
        var name = Whole(text.EndsWith('\t') ? text[..^1] : text);
        if (!string.Equals(name, absent ? "/dev/null" : prefix + path, StringComparison.Ordinal))
        {
            throw Wrong($"'{Show(_current)}' names another file than 'diff --git'");
        }

        Next();
    }

    private string Whole(string text) =>
        QuotedPath.Read(text) is ({ } name, "") ? name : throw Wrong("a quoted name is broken");

    private (int Before, int After) ReadHunkCounts(string line)
    {
        // @@ -1,5 +1,6 @@ anything
        var parts = line.Split(' ', 5);
        return parts.Length >= 4 && parts[3] == "@@" && parts[1].StartsWith('-') && parts[2].StartsWith('+')
            ? (Count(parts[1]), Count(parts[2]))
            : throw Wrong($"'{Show(line)}' is no hunk header");

        int Count(string range)
        {
            var comma = range.IndexOf(',', StringComparison.Ordinal);
            var from = comma < 0 ? range[1..] : range[1..comma];
            var count = comma < 0 ? "1" : range[(comma + 1)..];
            return int.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out _)
                && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : throw Wrong($"'{Show(line)}' is no hunk header");
        }
    }

    private string? ReadIndexMode(string index)
    {
        // index 1234567..89abcde 100644
        var parts = index.Split(' ');
        var ids = parts[0].Split("..");
        var valid = parts.Length <= 2 && ids.Length == 2 && ids.All(id => id.Length is >= 4 and <= 64 && id.All(char.IsAsciiHexDigitLower))
            && (parts.Length == 1 || parts[1].Length == 6);
        return valid ? parts.ElementAtOrDefault(1) : throw Wrong($"'index {Show(index)}' cannot be read");
    }

    private static bool IsRename(string line) =>
        line.StartsWith("rename ", StringComparison.Ordinal) || line.StartsWith("copy ", StringComparison.Ordinal) ||
        line.StartsWith("similarity index ", StringComparison.Ordinal) || line.StartsWith("dissimilarity index ", StringComparison.Ordinal);

    private static bool IsNoNewlineMark(string? line) => line is not null && line.StartsWith("\\ ", StringComparison.Ordinal);

    private string? Value(string start) =>
        _current is not null && _current.StartsWith(start, StringComparison.Ordinal) ? _current[start.Length..] : null;

    /// <summary>Moves to the next line, split at line feeds alone: a carriage return is content.</summary>
    private void Next()
    {
        if (_position >= patch.Length)
        {
            _current = null;
            return;
        }

        var end = patch.IndexOf('\n', _position);
        if (end < 0)
        {
            _line++;
            throw Wrong("the last line does not end with a line feed");
        }

        _current = patch[_position..end];
        _position = end + 1;
        _line++;
    }

    private FormatException Wrong(string what) => new($"line {_line}: {what}");

    private static string Show(string line) => PathRules.Show(line.Length <= 80 ? line : line[..80] + "…");
}
