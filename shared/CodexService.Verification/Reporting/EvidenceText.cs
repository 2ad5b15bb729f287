using System.Text;
using CodexService.Sandbox;

namespace CodexService.Verification.Reporting;

/// <summary>Makes the stored text of a command's output.</summary>
internal static class EvidenceText
{
    public const int MaxLength = 256 * 1024;

    public static string From(CommandResult result)
    {
        var text = new StringBuilder(result.StandardOutputText);
        if (!result.StandardError.IsEmpty)
        {
            if (text.Length > 0 && text[^1] != '\n')
            {
                text.Append('\n');
            }

            text.Append(result.StandardErrorText);
        }

        if (result.Error is { } error)
        {
            text.Append(text.Length > 0 && text[^1] != '\n' ? "\n" : "").Append('[').Append(error).Append("]\n");
        }

        // Text columns cannot store NUL.
        return Cut(text.Replace('\0', '\uFFFD').ToString());
    }

    private static string Cut(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) <= MaxLength)
        {
            return text;
        }

        // At most three bytes per UTF-16 unit, so this many from each end always fit.
        var keep = (MaxLength - 128) / 6;
        var ascii = Encoding.UTF8.GetByteCount(text) == text.Length;
        keep = ascii ? (MaxLength - 128) / 2 : keep;
        var head = char.IsHighSurrogate(text[keep - 1]) ? keep - 1 : keep;
        var tail = char.IsLowSurrogate(text[^keep]) ? keep - 1 : keep;
        return $"{text[..head]}\n[… {text.Length - head - tail} characters cut …]\n{text[^tail..]}";
    }
}
