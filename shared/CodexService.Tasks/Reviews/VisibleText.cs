using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CodexService.Tasks.Reviews;

/// <summary>Makes of what somebody wrote on a forge what a person sees there: hidden text is how instructions are smuggled in.</summary>
public static partial class VisibleText
{
    // A text that is still changed after so many looks is made to be.
    private const int MostLooks = 6;

    /// <summary>
    /// What is shown of Markdown, without zero-width, bidirectional and other invisible characters; at most <paramref name="longest"/> UTF-16
    /// units. Code is shown as it is. A text of which all is shown stays as it was written.
    /// </summary>
    public static string Clean(string? text, int longest)
    {
        var seen = Bounded(text ?? "", 4L * longest);
        try
        {
            // What is left when something hidden is gone may hide something again.
            for (var looks = 0; looks < MostLooks; looks++)
            {
                var before = seen;
                seen = Code(VisibleMarkdown.Read(seen), longest).Trim();
                if (seen == before)
                {
                    return seen;
                }
            }
        }
        catch (RegexMatchTimeoutException)
        {
            return "";
        }

        return Code(VisibleMarkdown.Beginning(seen), longest).Trim();
    }

    /// <summary>The same for code, where an HTML comment is part of what is seen.</summary>
    public static string Code(string text, int longest)
    {
        var clean = new StringBuilder(Math.Min(text.Length, longest));
        foreach (var rune in text.ReplaceLineEndings("\n").EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > longest)
            {
                break;
            }

            if (rune.Value is '\n' or '\t' || !IsInvisible(rune))
            {
                clean.Append(rune.ToString());
            }
        }

        return clean.ToString();
    }

    /// <summary>A name or a path on one line.</summary>
    public static string Line(string text, int longest = 300) => Spaces().Replace(Code(text, longest), " ").Trim();

    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        || rune.Value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x2800 or 0x3164 or 0xFFA0 or 0xFFFD or (>= 0xFE00 and <= 0xFE0E) or (>= 0xE0000 and <= 0xE0FFF);

    // What is far beyond the limit is not even looked at: it may be written to make the look long. No tag, comment or link goes over a blank
    // line, so that none is cut in two and taken for text; without one, nothing of the kind is taken at all.
    private static string Bounded(string text, long longest)
    {
        if (text.Length <= longest)
        {
            return text;
        }

        var cut = text[..(int)longest];
        var blank = BlankLine().Match(cut);
        return blank.Success ? cut[..blank.Index] : VisibleMarkdown.Beginning(cut);
    }

    [GeneratedRegex(@"\n[ \t\r]*\n", RegexOptions.RightToLeft | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BlankLine();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spaces();
}
