namespace CodexService.Tasks.Choice;

/// <summary>How large a patch is.</summary>
internal static class PatchSize
{
    /// <summary>
    /// Lines that a unified diff of git adds and removes, the lines of encoded binary data among them. A line that merely
    /// looks like a header (a removed <c>-- x</c> reads <c>--- x</c>) counts: the hunk's own figures say where it ends.
    /// </summary>
    public static int Of(string patch)
    {
        var changed = 0;
        var (oldLeft, newLeft) = (0, 0);
        var binary = false;
        foreach (var range in patch.AsSpan().Split('\n'))
        {
            var line = patch.AsSpan(range);
            if (oldLeft > 0 || newLeft > 0)
            {
                var sign = line.IsEmpty ? ' ' : line[0];
                changed += sign is '+' or '-' ? 1 : 0;
                oldLeft -= sign is ' ' or '-' ? 1 : 0;
                newLeft -= sign is ' ' or '+' ? 1 : 0;
            }
            else if (line.StartsWith("diff --git ", StringComparison.Ordinal))
            {
                binary = false;
            }
            else if (line.StartsWith("@@ ", StringComparison.Ordinal))
            {
                (oldLeft, newLeft) = Lengths(line);
            }
            else if (line.SequenceEqual("GIT binary patch"))
            {
                binary = true;
            }
            else if (binary && !line.IsEmpty && !line.StartsWith("literal ", StringComparison.Ordinal) && !line.StartsWith("delta ", StringComparison.Ordinal))
            {
                changed++;
            }
        }

        return changed;
    }

    // "@@ -1,4 +1,6 @@ …"; a length that is left out is 1.
    private static (int Old, int New) Lengths(ReadOnlySpan<char> header)
    {
        var (old, @new) = (0, 0);
        var figures = header[3..];
        foreach (var range in figures.Split(' '))
        {
            switch (figures[range])
            {
                case ['-', .. var removed]:
                    old = Length(removed);
                    break;
                case ['+', .. var added]:
                    @new = Length(added);
                    break;
                default:
                    return (old, @new);
            }
        }

        return (old, @new);
    }

    private static int Length(ReadOnlySpan<char> range)
    {
        var comma = range.IndexOf(',');
        return comma < 0 ? 1 : int.TryParse(range[(comma + 1)..], out var length) ? length : 0;
    }
}
