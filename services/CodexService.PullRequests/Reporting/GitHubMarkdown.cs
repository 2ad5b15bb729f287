using System.Globalization;
using System.Text;
using CodexService.PullRequests.Forges;

namespace CodexService.PullRequests.Reporting;

/// <summary>Pieces of the Markdown that GitHub shows; foreign text in them neither acts nor breaks out.</summary>
internal static class GitHubMarkdown
{
    /// <summary>Longest text of a comment or of a check's summary that GitHub takes, less a reserve.</summary>
    internal const int Longest = 65_000;

    /// <summary>Foreign text on one line.</summary>
    public static string Line(string text, int most = 300) =>
        ForeignText.Shorten(ForeignText.DefuseMarkdown(ForeignText.OneLine(Start(text, most))), most).Replace("|", "\\|", StringComparison.Ordinal);

    /// <summary>Foreign Markdown as a quote, so that an open code block in it ends where the quote ends.</summary>
    public static string Quote(string markdown, int most)
    {
        var defused = ForeignText.Shorten(ForeignText.DefuseMarkdown(Start(markdown.Trim(), most)), most);
        return ForeignText.Shorten(string.Join('\n', defused.Split('\n').Select(line => line.Length == 0 ? ">" : $"> {line}")), most * 2);
    }

    /// <summary>A link; the text is ours.</summary>
    public static string Link(string text, string? address) =>
        address is null ? text : $"[{text}]({address.Replace("(", "%28", StringComparison.Ordinal).Replace(")", "%29", StringComparison.Ordinal)})";

    /// <summary>A folded part; the heading is ours.</summary>
    public static string Folded(string heading, string content, bool open = false) =>
        $"<details{(open ? " open" : "")}><summary>{heading}</summary>\n\n{content.TrimEnd()}\n\n</details>\n";

    /// <summary>A table of names and values; rows without a value are left out.</summary>
    public static string Facts(params IEnumerable<(string Name, string? Value)> rows)
    {
        var text = new StringBuilder("| | |\n|:--|:--|\n");
        foreach (var (name, value) in rows.Where(row => !string.IsNullOrEmpty(row.Value)))
        {
            text.Append("| ").Append(name).Append(" | ").Append(value).Append(" |\n");
        }

        return text.ToString();
    }

    /// <summary>At most what GitHub takes.</summary>
    public static string Bounded(string text) => ForeignText.Shorten(text, Longest);

    // Some of it is taken out or folded together; much more than is shown need not be looked at.
    private static string Start(string text, int most) => ForeignText.Shorten(text, most * 4);
}
