using System.Text;
using System.Text.RegularExpressions;
using CodexService.Tasks.Reviews;

namespace CodexService.PullRequests.Forges;

/// <summary>
/// Makes text of others harmless where it is quoted: no mention of people, no closing of issues, no markup, no trailers,
/// no invisible or control characters.
/// </summary>
internal static partial class ForeignText
{
    /// <summary>Takes control characters (but line feeds and tabs) and invisible formatting out.</summary>
    public static string Clean(string text) => VisibleText.Code(text, int.MaxValue);

    /// <summary>For plain text: hosting services find no mention and no issue number in the result.</summary>
    public static string Defuse(string text) => Trigger().Replace(Reference().Replace(Clean(text), "${what} "), "${sign} ");

    /// <summary>
    /// For Markdown: as <see cref="Defuse"/>, and without HTML, images and link targets that load anything. A code block that the text
    /// leaves open ends with it, so that what follows is not taken for code.
    /// </summary>
    public static string DefuseMarkdown(string text)
    {
        // First of all, so that no character comes back as an entity: mentions are found after rendering.
        var markdown = Entity().Replace(Clean(text), "&amp;").Replace("<", "&lt;", StringComparison.Ordinal).Replace("![", "!\\[", StringComparison.Ordinal);
        return OpenCode.Close(Reference().Replace(Trigger().Replace(markdown, "${sign}&#8203;"), "${what}&#8203;"));
    }

    /// <summary>A code block that ends where it should, whatever backticks the text holds.</summary>
    public static string Block(string text, string language = "text")
    {
        var clean = Clean(text).Trim('\n');
        var fence = new string('`', Math.Max(3, LongestRun(clean) + 1));
        return $"{fence}{language}\n{clean}\n{fence}";
    }

    /// <summary>A block of GitHub's that offers to replace the commented lines by exactly this text; empty text deletes them.</summary>
    public static string Suggestion(string text)
    {
        var clean = Clean(text);
        var fence = new string('`', Math.Max(3, LongestRun(clean) + 1));
        return clean.Length == 0 ? $"{fence}suggestion\n{fence}" : $"{fence}suggestion\n{clean}\n{fence}";
    }

    /// <summary>Inline code for a table cell.</summary>
    public static string Code(string text)
    {
        var line = OneLine(Clean(text));
        line = Shorten(line, 300).Replace("|", "\\|", StringComparison.Ordinal);

        // A stray backtick before it may turn code into prose: no mention stands even then.
        line = Mention().Replace(line, "@\u2060");
        var fence = new string('`', LongestRun(line) + 1);
        var space = line.StartsWith('`') || line.EndsWith('`') || line.Length == 0 ? " " : "";
        return $"{fence}{space}{line}{space}{fence}";
    }

    public static string OneLine(string text) => Spaces().Replace(text, " ").Trim();

    public static string FirstLine(string text) =>
        Clean(text).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault() ?? "";

    /// <summary>At most <paramref name="length"/> UTF-16 units, never half a character.</summary>
    public static string Shorten(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1;
        return text[..end].TrimEnd() + "…";
    }

    /// <summary>Breaks lines between words at <paramref name="width"/> columns; blank lines part paragraphs.</summary>
    public static IEnumerable<string> Wrap(string text, int width, string prefix = "")
    {
        foreach (var paragraph in text.Split('\n'))
        {
            var line = new StringBuilder();
            foreach (var word in paragraph.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            {
                if (line.Length > 0 && prefix.Length + line.Length + 1 + word.Length > width)
                {
                    yield return prefix + line;
                    line.Clear();
                }

                line.Append(line.Length > 0 ? " " : "").Append(word);
            }

            yield return (prefix + line).TrimEnd();
        }
    }

    private static int LongestRun(string text)
    {
        var (longest, run) = (0, 0);
        foreach (var c in text)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }

    /// <summary>An at sign or number sign that would link to a person, a team or an issue.</summary>
    [GeneratedRegex(@"(?<sign>[@#])(?=[A-Za-z0-9_])", RegexOptions.CultureInvariant)]
    private static partial Regex Trigger();

    // GitHub links GH-7 and addresses of issues as it does #7, tells that issue so, and closes it on "fixes".
    [GeneratedRegex(@"(?<what>\bGH(?=-\d)|/(issues|pull|pulls|discussions|commit|compare)(?=/))", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Reference();

    [GeneratedRegex(@"&(?=#?\w+;)", RegexOptions.CultureInvariant)]
    private static partial Regex Entity();

    [GeneratedRegex(@"@(?=[A-Za-z0-9_])", RegexOptions.CultureInvariant)]
    private static partial Regex Mention();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();
}
