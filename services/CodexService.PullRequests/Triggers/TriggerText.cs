using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CodexService.PullRequests.Triggers;

/// <summary>Makes of what somebody wrote on GitHub what a person sees there: hidden text is how instructions are smuggled in.</summary>
internal static partial class TriggerText
{
    /// <summary>Characters that are taken of one text.</summary>
    public const int Longest = 50_000;

    /// <summary>Without HTML comments, zero-width, bidirectional and other invisible characters; at most 50,000 characters.</summary>
    public static string Clean(string? text)
    {
        var seen = text ?? "";

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

        var clean = new StringBuilder(Math.Min(seen.Length, Longest));
        foreach (var rune in seen.ReplaceLineEndings("\n").EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > Longest)
            {
                break;
            }

            if (rune.Value is '\n' or '\t' || !IsInvisible(rune))
            {
                clean.Append(rune.ToString());
            }
        }

        return clean.ToString().Trim();
    }

    /// <summary>What follows the first mention of the App; <see langword="null"/> when it is not mentioned outside of code and quotes.</summary>
    public static string? AfterMention(string clean, string app)
    {
        var spoken = Quoted().Replace(Code().Replace(clean, part => new string(' ', part.Length)), part => new string(' ', part.Length));
        var mention = Regex.Match(spoken, $@"(?<![\w@/`-])@{Regex.Escape(app)}(?:\[bot\])?(?![\w-])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        return mention.Success ? clean[(mention.Index + mention.Length)..].Trim(' ', ',', ':', '\n', '\t') : null;
    }

    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        || rune.Value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x2800 or 0x3164 or 0xFFA0 or 0xFFFD or (>= 0xFE00 and <= 0xFE0E) or (>= 0xE0000 and <= 0xE0FFF);

    // An unclosed comment hides everything after it, as in GitHub's view.
    [GeneratedRegex(@"<!--.*?(?:-->|\z)", RegexOptions.Singleline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HtmlComment();

    [GeneratedRegex(@"^(?<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^\k<fence>[^\n]*$|\z)|(?<tick>`+)[^`].*?\k<tick>", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();

    [GeneratedRegex(@"^[ ]{0,3}>[^\n]*", RegexOptions.Multiline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quoted();
}
