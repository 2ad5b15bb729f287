using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CodexService.Tasks.Reviews;

/// <summary>Makes of what somebody wrote on a forge what a person sees there: hidden text is how instructions are smuggled in.</summary>
public static partial class VisibleText
{
    /// <summary>Without HTML comments, zero-width, bidirectional and other invisible characters; at most <paramref name="longest"/> UTF-16 units.</summary>
    public static string Clean(string? text, int longest)
    {
        // What is far beyond the limit is not even searched: it may be written to make the search long.
        var seen = text is null ? "" : text[..(int)Math.Min(text.Length, 4L * longest)];

        // What is left of a comment when an inner one is gone may be a comment again.
        for (string before; ;)
        {
            before = seen;
            seen = HtmlComment().Replace(seen, "");
            if (seen.Length == before.Length)
            {
                break;
            }
        }

        return Code(seen, longest).Trim();
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

    // An unclosed comment hides everything after it, as in GitHub's view.
    [GeneratedRegex(@"<!--.*?(?:-->|\z)", RegexOptions.Singleline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HtmlComment();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spaces();
}
