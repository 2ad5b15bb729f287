using CodexService.PullRequests.Forges;

namespace CodexService.PullRequests.Reviewing;

/// <summary>
/// Markdown of a review for GitHub. Defused as all foreign text, but inline code stays readable: comments on code are full of
/// <c>List&lt;int&gt;</c>. Code is told apart only where every line opens and closes its own, so that nothing can pose as code.
/// </summary>
internal static class RemarkMarkdown
{
    /// <summary>The text without mentions, links to issues and commits, pictures and HTML.</summary>
    public static string Defuse(string text)
    {
        var clean = ForeignText.Clean(text);
        return clean.Split('\n').All(IsPlain)
            ? string.Join('`', clean.Split('`').Select((part, index) => index % 2 == 1 ? part : ForeignText.DefuseMarkdown(part)))
            : ForeignText.DefuseMarkdown(clean);
    }

    // No longer fences, no escaped backticks, no table whose cells would part a pair.
    private static bool IsPlain(string line) =>
        line.Count(c => c == '`') % 2 == 0 && !line.Contains("``", StringComparison.Ordinal) && !line.Contains("~~~", StringComparison.Ordinal) && !line.Contains("\\`", StringComparison.Ordinal) && !line.Contains('|', StringComparison.Ordinal);
}
