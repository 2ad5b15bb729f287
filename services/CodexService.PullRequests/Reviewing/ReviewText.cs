using System.Globalization;
using System.Text;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Forges;

namespace CodexService.PullRequests.Reviewing;

/// <summary>
/// Writes a review as GitHub shows it. What a model wrote about text of strangers is itself text of strangers: mentions, links
/// to issues, pictures and HTML are defused.
/// </summary>
internal static class ReviewText
{
    // GitHub takes 65,536 characters; what is not bounded by the review itself is kept well below.
    private const int LongestSummary = 8_000;
    private const int LongestComment = 4_000;
    private const int LongestListed = 1_500;
    private const int LongestBody = 60_000;
    private const int MostTests = 20;
    private const int MostCommands = 8;

    /// <summary>Hidden at the beginning of every comment on a line: nobody takes it for a person's word.</summary>
    public const string RemarkMark = "<!-- codex:remark -->";

    /// <summary>Hidden in the body: whose review it is, and a key that nobody knew before it was posted.</summary>
    public static string Marker(Guid taskId, string key) => $"<!-- codex:review:{taskId:D} -->\n<!-- codex:key:{key} -->";

    /// <summary>Whether a body is that of the review with this task and key.</summary>
    public static bool Has(string? body, Guid taskId, string key) =>
        body is not null && body.Contains($"<!-- codex:review:{taskId:D} -->", StringComparison.Ordinal) && body.Contains($"<!-- codex:key:{key} -->", StringComparison.Ordinal);

    /// <summary>The body.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="key">The key of this review.</param>
    /// <param name="review">The result.</param>
    /// <param name="listed">Whether the comments stand in the body, because GitHub does not take them on their lines.</param>
    public static string Body(Guid taskId, string key, ReviewResult review, bool listed)
    {
        var text = new StringBuilder(RemarkMarkdown.Defuse(ForeignText.Shorten(review.Summary.Trim(), LongestSummary))).Append("\n\n");
        if (listed && review.Comments.Count > 0)
        {
            text.Append("### Comments\n\nGitHub did not take these on their lines; the pull request may have changed since commit ").Append(review.HeadCommit[..10]).Append(".\n\n");
            foreach (var remark in review.Comments)
            {
                text.Append("- ").Append(ForeignText.Code(Place(remark))).Append(' ').Append(Comment(remark, LongestListed, withSuggestion: false).ReplaceLineEndings("\n  ")).Append('\n');
            }

            text.Append('\n');
        }

        Evidence(text, review);
        text.Append("<sub>").Append(review.ReadByModel ? "A model read" : "No model read").Append(CultureInfo.InvariantCulture, $" the diff from {review.MergeBase[..10]} to {review.HeadCommit[..10]}: {Quantity.Of(review.Files, "file")}, +{review.AddedLines} −{review.RemovedLines}.");
        if (review.LeftOut.Total > 0)
        {
            text.Append(' ').Append(LeftOut(review.LeftOut));
        }

        // Defusing makes text longer; the marker must not be what is cut off.
        return $"{ForeignText.Shorten(text.Append("</sub>").ToString(), LongestBody)}\n\n{Marker(taskId, key)}\n";
    }

    /// <summary>The comments on their lines.</summary>
    public static IReadOnlyList<NewReviewComment> Comments(ReviewResult review) =>
    [
        .. review.Comments.Select(remark => new NewReviewComment(remark.Path, remark.Line, $"{RemarkMark}\n{Comment(remark, LongestComment, withSuggestion: true)}") { StartLine = remark.StartLine }),
    ];

    private static string Comment(ReviewRemark remark, int longest, bool withSuggestion)
    {
        var body = $"**{remark.Severity.ToString().ToLowerInvariant()}**: {RemarkMarkdown.Defuse(ForeignText.Shorten(remark.Body.Trim(), longest))}";
        return withSuggestion && remark.Suggestion is { } suggestion ? $"{body}\n\n{ForeignText.Suggestion(suggestion)}" : body;
    }

    private static void Evidence(StringBuilder text, ReviewResult review)
    {
        text.Append("### Tests\n\n");
        if (review.Evidence is not { } evidence)
        {
            text.Append("Not run: ").Append(Line(review.EvidenceNote ?? "no reason is known")).Append(".\n\n");
            Changed(text, review);
            return;
        }

        text.Append(Line(evidence.Conclusion)).Append(".\n\n");
        var rows = evidence.NewlyFailing.Select(test => (test, "fails at the head, not at the merge base"))
            .Concat(evidence.NewlyPassing.Select(test => (test, "failed at the merge base, passes")))
            .Concat(evidence.RemovedTests.Select(test => (test, "deleted or skipped")))
            .Concat(evidence.Flaky.Select(test => (test, "two runs disagree")))
            .ToList();
        if (rows.Count > 0)
        {
            text.Append("| Test | With the change |\n|---|---|\n");
            foreach (var (test, what) in rows.Take(MostTests))
            {
                text.Append("| ").Append(ForeignText.Code(test)).Append(" | ").Append(what).Append(" |\n");
            }

            text.Append(rows.Count > MostTests ? $"| and {rows.Count - MostTests} more | |\n\n" : "\n");
        }

        text.Append("| Commit | Command | Exit code | Seconds |\n|---|---|---:|---:|\n");
        foreach (var command in evidence.Commands.Take(MostCommands))
        {
            text.Append("| ").Append(command.Phase == "before" ? "merge base" : "head")
                .Append(" | ").Append(ForeignText.Code(command.Command))
                .Append(" | ").Append(command.ExitCode.ToString(CultureInfo.InvariantCulture)).Append(command.TimedOut ? " (timed out)" : "")
                .Append(" | ").Append(command.Seconds.ToString("0.00", CultureInfo.InvariantCulture)).Append(" |\n");
        }

        text.Append('\n');
        Changed(text, review);
    }

    private static void Changed(StringBuilder text, ReviewResult review)
    {
        if (review.ChangedTests.Count > 0)
        {
            text.Append("The change touches tests: ").AppendJoin(", ", review.ChangedTests.Take(MostTests).Select(file => $"{ForeignText.Code(file.Path)} ({file.Change.ToString().ToLowerInvariant()})"))
                .Append(review.ChangedTests.Count > MostTests ? $" and {review.ChangedTests.Count - MostTests} more" : "").Append(".\n\n");
        }
    }

    private static string LeftOut(ReviewOmissions left)
    {
        string?[] parts =
        [
            left.OffDiff > 0 ? $"{left.OffDiff} named no line of the diff" : null,
            left.Duplicates > 0 ? $"{left.Duplicates} said the same as another" : null,
            left.Nits > 0 ? $"{Quantity.Of(left.Nits, "nit")}" : null,
            left.TooMany > 0 ? $"{left.TooMany} beyond the limit" : null,
        ];
        return $"Comments left out: {string.Join(", ", parts.Where(part => part is not null))}.";
    }

    private static string Place(ReviewRemark remark) => remark.StartLine is { } start ? $"{remark.Path}:{start}-{remark.Line}" : $"{remark.Path}:{remark.Line}";

    private static string Line(string text) => RemarkMarkdown.Defuse(ForeignText.Shorten(ForeignText.OneLine(text), 500)).TrimEnd('.');
}
