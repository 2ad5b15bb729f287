using System.Globalization;
using System.Text;

namespace CodexService.Agent.Instructions;

/// <summary>Takes out of untrusted text what a person who reviews it would not see, but a model reads.</summary>
internal static class HiddenCharacters
{
    /// <summary>
    /// The text without control characters (line feed and tab stay), zero-width and direction marks, tag characters,
    /// private use and unpaired surrogates.
    /// </summary>
    public static string Strip(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '\n' or '\t' || (rune != Rune.ReplacementChar && IsVisible(rune)))
            {
                kept.Append(rune.ToString());
            }
        }

        return kept.ToString();
    }

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
