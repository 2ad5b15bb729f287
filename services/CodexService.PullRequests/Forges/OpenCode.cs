using Markdig;
using Markdig.Syntax;

namespace CodexService.PullRequests.Forges;

/// <summary>Ends the code block that a text leaves open (CommonMark 0.31, "Fenced code blocks"): what follows it would be taken for code.</summary>
internal static class OpenCode
{
    /// <summary>The Markdown, after which a new block may stand. A single line stays one: its fence is escaped.</summary>
    public static string Close(string markdown)
    {
        if (!markdown.Contains("```", StringComparison.Ordinal) && !markdown.Contains("~~~", StringComparison.Ordinal))
        {
            return markdown;
        }

        try
        {
            // In a list or a quote it ends with that.
            return Markdown.Parse(markdown).LastChild is not FencedCodeBlock { ClosingFencedCharCount: 0 } open ? markdown
                : markdown.Contains('\n', StringComparison.Ordinal) ? $"{markdown}\n{new string(open.FencedChar, open.OpeningFencedCharCount)}"
                : $"\\{markdown.TrimStart()}";
        }
        catch (ArgumentException)
        {
            // Nested deeper than any honest text.
            return ForeignText.Block(markdown);
        }
    }
}
