namespace CodexService.Models.ToolProtocol;

/// <summary>
/// Reads the arguments of one call whose arguments are tags. A value may hold anything, tags of its own name included: it ends
/// at the first end tag behind which the next argument or the end of the call stands.
/// </summary>
internal sealed class TaggedCallReader(string text, string element)
{
    private const string Parameter = "parameter";

    /// <summary>Why the call cannot be read; <see langword="null"/> when it can.</summary>
    public string? Error { get; private set; }

    /// <summary>Where the call ends.</summary>
    public int End { get; private set; }

    /// <summary>Reads from behind the opening tag.</summary>
    public Dictionary<string, string> Read(int from, bool isClosed, IReadOnlyList<ToolArgument> known)
    {
        var arguments = new Dictionary<string, string>(StringComparer.Ordinal);
        End = from;
        while (!isClosed)
        {
            SkipBlanks();
            if (StartsWith(End, $"</{element}>"))
            {
                End += element.Length + 3;
                break;
            }

            if (End >= text.Length)
            {
                // A forgotten end tag behind complete arguments does no harm; a call without any is cut off.
                Error = arguments.Count == 0 && known.Any(argument => argument.IsRequired) ? $"it ends before its arguments and before </{element}>" : null;
                break;
            }

            if (!ReadArgument(arguments, known))
            {
                Skip();
                break;
            }
        }

        return arguments;
    }

    private bool ReadArgument(Dictionary<string, string> arguments, IReadOnlyList<ToolArgument> known)
    {
        if (Tag(End) is not { } tag)
        {
            Error = $"between the arguments stands \"{Excerpt()}\", every argument needs a tag of its own";
            return false;
        }

        var (name, close, inside) = tag;
        if (ValueEnd(inside, close, known) is not (>= 0 and var end))
        {
            Error = $"<{name}> is not closed by {close}";
            return false;
        }

        arguments[name] = Trim(text[inside..end]);
        End = end + close.Length;
        return true;
    }

    // <name> or <parameter=name>
    private (string Name, string Close, int Inside)? Tag(int at)
    {
        if (text[at] != '<' || text.IndexOf('>', at) is not (> 0 and var end))
        {
            return null;
        }

        var inner = text[(at + 1)..end].Trim();
        if (inner.StartsWith(Parameter + "=", StringComparison.Ordinal))
        {
            return (inner[(Parameter.Length + 1)..].Trim('"', '\'', ' '), $"</{Parameter}>", end + 1);
        }

        return inner.Length > 0 && (char.IsAsciiLetter(inner[0]) || inner[0] == '_') && inner.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-')
            ? (inner, $"</{inner}>", end + 1)
            : null;
    }

    private int ValueEnd(int from, string close, IReadOnlyList<ToolArgument> known)
    {
        var first = -1;
        for (var at = text.IndexOf(close, from, StringComparison.Ordinal); at >= 0; at = text.IndexOf(close, at + 1, StringComparison.Ordinal))
        {
            first = first < 0 ? at : first;
            var next = at + close.Length;
            while (next < text.Length && char.IsWhiteSpace(text[next]))
            {
                next++;
            }

            if (next >= text.Length
                || StartsWith(next, $"</{element}>")
                || StartsWith(next, $"<{Parameter}=")
                || known.Any(argument => StartsWith(next, $"<{argument.Name}>")))
            {
                return at;
            }
        }

        return first;
    }

    // One line break behind the opening and one before the end tag belong to the form, not to the value.
    private static string Trim(string value)
    {
        var start = value.StartsWith("\r\n", StringComparison.Ordinal) ? 2 : value.StartsWith('\n') ? 1 : 0;
        var end = value.Length - (value.EndsWith("\r\n", StringComparison.Ordinal) ? 2 : value.EndsWith('\n') ? 1 : 0);
        return start >= end ? "" : value[start..end];
    }

    private string Excerpt()
    {
        var line = text[End..].Split('\n')[0].Trim();
        return line.Length <= 60 ? line : line[..60] + "…";
    }

    private void Skip()
    {
        var close = text.IndexOf($"</{element}>", End, StringComparison.Ordinal);
        End = close < 0 ? text.Length : close + element.Length + 3;
    }

    private void SkipBlanks()
    {
        while (End < text.Length && char.IsWhiteSpace(text[End]))
        {
            End++;
        }
    }

    private bool StartsWith(int at, string tag) => string.CompareOrdinal(text, at, tag, 0, tag.Length) == 0;
}
