using System.Globalization;
using System.Text;

namespace CodexService.Agent.Tools;

/// <summary>Makes a command's output readable for a model: text, no terminal controls, the middle cut when it is long.</summary>
internal static class CommandOutput
{
    /// <summary>Bytes at either end that are looked at; what lies between would be cut anyway.</summary>
    private const int Margin = 1 << 18;

    /// <summary>The output as text.</summary>
    /// <param name="bytes">Whatever the command wrote.</param>
    /// <param name="limit">Characters to keep.</param>
    /// <param name="share">How much of the limit its beginning gets, 0 to 1; the rest goes to the end.</param>
    public static string Read(ReadOnlyMemory<byte> bytes, int limit, double share)
    {
        var span = bytes.Span;
        if (IsBinary(span))
        {
            return $"(binary output, {span.Length.ToString("N0", CultureInfo.InvariantCulture)} bytes)";
        }

        var large = span.Length > 2 * Margin;
        var text = Clean(large ? span[..Margin] : span, out var hidden);
        text = large ? text : text.TrimEnd();
        if (large)
        {
            text = Cut(text, Clean(span[^Margin..], out var more).TrimEnd(), span[Margin..^Margin].Count((byte)'\n'), limit, share);
            hidden += more;
        }
        else if (text.Length > limit)
        {
            text = Cut(text, text, 0, limit, share, whole: text.Length);
        }

        return hidden == 0 ? text : $"{text}\n{UntrustedText.Note}";
    }

    private static string Clean(ReadOnlySpan<byte> bytes, out int hidden)
    {
        var text = Encoding.UTF8.GetString(bytes).Replace("\r\n", "\n", StringComparison.Ordinal);
        if (text.Contains('\r'))
        {
            // What a terminal would have overwritten (progress bars) is not there for a person, either.
            text = string.Join('\n', text.Split('\n').Select(line => line.TrimEnd('\r')).Select(line => line[(line.LastIndexOf('\r') + 1)..]));
        }

        return UntrustedText.Clean(text, out hidden);
    }

    private static string Cut(string first, string last, int linesBetween, int limit, double share, int? whole = null)
    {
        var front = (int)(limit * share);
        var head = first[..Math.Min(front, first.Length)];
        var tail = last[^Math.Min(limit - front, last.Length)..];

        // At line ends where that costs little.
        var whatIsCutStartsWithLineEnd = 0;
        if (head.LastIndexOf('\n') is var end && end > head.Length / 2)
        {
            head = head[..end];
            whatIsCutStartsWithLineEnd = 1;
        }

        if (tail.IndexOf('\n', StringComparison.Ordinal) is var start && start >= 0 && start < tail.Length / 2)
        {
            tail = tail[(start + 1)..];
        }

        head = char.IsHighSurrogate(head.LastOrDefault()) ? head[..^1] : head;
        tail = char.IsLowSurrogate(tail.FirstOrDefault()) ? tail[1..] : tail;
        var lines = whole is { } length
            ? first.AsSpan(head.Length, length - head.Length - tail.Length).Count('\n')
            : first.AsSpan(head.Length).Count('\n') + linesBetween + last.AsSpan(0, last.Length - tail.Length).Count('\n');
        lines -= whatIsCutStartsWithLineEnd;
        var what = lines > 1 ? $"{lines.ToString("N0", CultureInfo.InvariantCulture)} lines"
            : $"{((whole ?? (first.Length + last.Length)) - head.Length - tail.Length).ToString("N0", CultureInfo.InvariantCulture)} characters";
        return $"{head}\n… {what} cut …\n{tail}";
    }

    private static bool IsBinary(ReadOnlySpan<byte> bytes)
    {
        var sample = bytes[..Math.Min(bytes.Length, 8192)];
        var odd = 0;
        foreach (var b in sample)
        {
            odd += b is 0 or (< 7) or (> 13 and < 27) or (> 27 and < 32) ? 1 : 0;
        }

        return odd > 0 && odd * 20 > sample.Length;
    }
}
