using CodexService.Contracts.Api;
using CodexService.Tasks.Persistence;

namespace CodexService.Tasks.Reviews;

/// <summary>The lines of a hunk that a comment is about, with a little before them.</summary>
internal static class ReviewQuote
{
    private const int LinesBefore = 3;
    private const int MostLines = 60;
    private const int LongestLine = 400;

    /// <summary>
    /// The end of the comment's hunk, which is where it belongs, on both forges: the commented lines, counted on their side, and
    /// three before them. At most 60 lines of 400 characters.
    /// </summary>
    public static string Of(SubmittedComment comment)
    {
        var lines = StorableText.Of(comment.Quote).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n')
            .SkipWhile(line => line.StartsWith("@@", StringComparison.Ordinal))
            .ToList();
        var left = comment.StartLine is { } start && comment.Line is { } end && start < end ? end - start + 1 : 1;
        var from = lines.Count;
        while (from > 0 && left > 0)
        {
            from--;
            left -= IsOn(comment.Side, lines[from]) ? 1 : 0;
        }

        from = Math.Max(Math.Max(0, from - LinesBefore), lines.Count - MostLines);
        return string.Join('\n', lines.Skip(from).Select(line => StorableText.Shorten(line, LongestLine)));
    }

    private static bool IsOn(ReviewSide side, string line) => line.Length == 0 || line[0] == ' ' || line[0] == (side == ReviewSide.New ? '+' : '-');
}
