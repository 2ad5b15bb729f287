using System.Text;

namespace CodexService.Agent.Tools;

/// <summary>
/// The one place where text that others wrote (files, output of commands, test names) is made fit for a model: what a
/// person would not see in it goes, because hidden characters are how instructions are smuggled past a reviewer.
/// </summary>
internal static class UntrustedText
{
    /// <summary>What is said to the model when something was stripped.</summary>
    public const string Note = "(hidden characters were removed from this text)";

    /// <summary>Strips terminal controls and invisible characters.</summary>
    public static string Clean(string text) => Clean(text, out _, out _);

    /// <summary>Strips terminal controls and invisible characters, and counts them.</summary>
    /// <param name="text">Any text; lone surrogates become U+FFFD.</param>
    /// <param name="hidden">
    /// How many invisible characters (zero-width, bidirectional controls, tags) went. Colours and other terminal controls
    /// are everyday output of commands and do not count.
    /// </param>
    public static string Clean(string text, out int hidden) => Clean(text, out hidden, out _);

    private static string Clean(string text, out int hidden, out int controls)
    {
        hidden = controls = 0;
        var clean = new StringBuilder(text.Length);
        var previous = default(Rune);
        for (var i = 0; i < text.Length;)
        {
            var c = text[i];
            if (c is '\n' or '\t' or (>= ' ' and < '\u007f'))
            {
                clean.Append(c);
                previous = new Rune(c);
                i++;
                continue;
            }

            if (c is '\u001b' or '\u009b')
            {
                i = AfterEscape(text, i);
                controls++;
                continue;
            }

            Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var length);
            i += length;
            if (Rune.GetUnicodeCategory(rune) == System.Globalization.UnicodeCategory.Control)
            {
                controls++;
                continue;
            }

            if (IsHidden(rune) && !BelongsTo(previous, rune))
            {
                hidden++;
                continue;
            }

            clean.Append(rune.ToString());
            previous = rune;
        }

        return clean.ToString();
    }

    /// <summary>For content of files, where terminal controls are no everyday thing: appends <see cref="Note"/> when anything was stripped.</summary>
    public static string CleanFile(string text)
    {
        var clean = Clean(text, out var hidden, out var controls);
        return hidden + controls == 0 ? clean : $"{clean}\n{Note}";
    }

    /// <summary>One line for people: cleaned, without line ends, at most <paramref name="limit"/> characters.</summary>
    public static string Line(string text, int limit = 200)
    {
        var line = Clean(text, out _).Replace('\n', ' ').Replace('\t', ' ').Trim();
        return line.Length <= limit ? line : $"{line[..(limit - 1)]}…";
    }

    /// <summary>Where an escape sequence ends; one that does not end on its line is only its first character.</summary>
    private static int AfterEscape(string text, int start)
    {
        var i = start + 1;
        if (text[start] == '\u001b')
        {
            if (i >= text.Length)
            {
                return i;
            }

            if (text[i] is ']' or 'P' or '_' or '^' or 'X')
            {
                var end = text.AsSpan(i).IndexOfAny('\u0007', '\u001b', '\n');
                return end < 0 || text[i + end] == '\n' ? i
                    : text[i + end] == '\u0007' ? i + end + 1
                    : i + end + 1 < text.Length && text[i + end + 1] == '\\' ? i + end + 2 : i + end;
            }

            if (text[i] != '[')
            {
                while (i < text.Length && text[i] is >= ' ' and <= '/')
                {
                    i++;
                }

                return i < text.Length && text[i] is >= '0' and <= '~' ? i + 1 : start + 1;
            }

            i++;
        }

        while (i < text.Length && text[i] is >= ' ' and <= '?')
        {
            i++;
        }

        return i < text.Length && text[i] is >= '@' and <= '~' ? i + 1 : start + 1;
    }

    private static bool IsHidden(Rune rune) => rune.Value is
        0xAD or 0x34F or 0x61C or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x180E or 0x3164 or 0xFEFF or 0xFFA0
        or (>= 0x180B and <= 0x180F) or (>= 0x200B and <= 0x200F) or (>= 0x2028 and <= 0x202E)
        or (>= 0x2060 and <= 0x206F) or (>= 0xFE00 and <= 0xFE0F) or (>= 0xFFF0 and <= 0xFFFB)
        or (>= 0x1D173 and <= 0x1D17A) or (>= 0xE0000 and <= 0xE0FFF);

    /// <summary>Joiners and variation selectors that scripts and emoji are written with.</summary>
    private static bool BelongsTo(Rune previous, Rune rune) => rune.Value switch
    {
        0x200C or 0x200D => previous.Value is (>= 0x600 and < 0x1100) or 0xFE0F or (>= 0x2190 and < 0x2C00) or (>= 0x1F000 and < 0x20000),
        0xFE0E or 0xFE0F => previous.Value is '#' or '*' or (>= '0' and <= '9') or 0xA9 or 0xAE
            or (>= 0x2030 and < 0x3300) or (>= 0x1F000 and < 0x20000),
        _ => false,
    };
}
