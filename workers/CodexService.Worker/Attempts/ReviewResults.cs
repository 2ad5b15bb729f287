using System.Globalization;
using System.Text;
using CodexService.Agent.Reviews;
using CodexService.Contracts.Api;
using CodexService.Repositories.Patches;
using CodexService.Repositories.Reviewing;
using CodexService.Verification;
using CodexService.Verification.Comparing;

namespace CodexService.Worker.Attempts;

/// <summary>Puts together what a review came to.</summary>
internal static class ReviewResults
{
    private const int MostLines = 60;
    private const int LongestLine = 400;

    /// <summary>The result.</summary>
    /// <param name="range">The commits.</param>
    /// <param name="diff">The change.</param>
    /// <param name="said">What a model said; <see langword="null"/> when none read the change.</param>
    /// <param name="comparison">What the tests say.</param>
    /// <param name="note">Why they say nothing.</param>
    public static ReviewResult Of(ChangeRange range, ChangeDiff diff, BrainReview? said, ChangeComparison? comparison, string? note)
    {
        var changed = ChangeComparison.TestsAmong(diff.Files.Select(file => new ChangedFile(file.Path, file.Change)));
        return new ReviewResult(
            said?.Summary ?? WithoutModel(comparison, note),
            [.. (said?.Remarks ?? []).Select(remark => Remark(remark, diff))],
            range.MergeBase,
            range.Head)
        {
            ReadByModel = said is not null,
            Files = diff.Files.Count,
            AddedLines = diff.AddedLines,
            RemovedLines = diff.RemovedLines,
            ChangedTests = [.. changed.Select(file => new ChangedTestFile(file.Path, Change(file.Change)))],
            LeftOut = said?.LeftOut is { } left ? new ReviewOmissions(left.OffDiff, left.Duplicates, left.Nits, left.TooMany) : new ReviewOmissions(),
            Evidence = comparison is null ? null : Evidence(comparison),
            EvidenceNote = note,
        };
    }

    /// <summary>One line for lists and the log.</summary>
    public static string Conclude(ReviewResult review)
    {
        var tests = review.Evidence?.Conclusion ?? review.EvidenceNote;
        if (!review.ReadByModel)
        {
            return $"no model read the diff; {tests}";
        }

        var blockers = review.Comments.Count(remark => remark.Severity == ReviewSeverity.Blocker);
        var comments = review.Comments.Count switch
        {
            0 => "no comments",
            1 => blockers == 1 ? "1 comment, a blocker" : "1 comment",
            var count => string.Create(CultureInfo.InvariantCulture, $"{count} comments{(blockers > 0 ? $", {blockers} of them {(blockers == 1 ? "a blocker" : "blockers")}" : "")}"),
        };
        return $"{comments}; {tests}";
    }

    private static string WithoutModel(ChangeComparison? comparison, string? note) => new StringBuilder("**No model read this change**: none is configured, or the review was asked for without one. ")
        .Append("Nobody has judged its code, and there are no comments on lines. ")
        .Append(comparison is null
            ? $"The tests say nothing either: {note}."
            : "What follows is what the repository's own tests show at the merge base and at the head; it is neither an approval nor a refusal.")
        .ToString();

    private static ReviewRemark Remark(BrainRemark remark, ChangeDiff diff)
    {
        var lines = diff.Find(remark.Path)?.NewLines(remark.StartLine ?? remark.Line, remark.Line) ?? [];
        return new ReviewRemark(remark.Path, remark.Line, Severity(remark.Severity), remark.Body)
        {
            StartLine = remark.StartLine,
            Lines = string.Join('\n', lines.Take(MostLines).Select(line => line.Length > LongestLine ? line[..(LongestLine - 1)] + "…" : line)),
            Suggestion = remark.Suggestion,
        };
    }

    private static ReviewEvidence Evidence(ChangeComparison comparison) => new(
        comparison.Conclusion,
        [
            .. comparison.Commands.Select((command, index) => new CommandReport(
                index,
                command.Phase,
                command.Command,
                command.ExitCode,
                Math.Round(command.Duration.TotalSeconds, 3),
                command.TimedOut,
                Encoding.UTF8.GetByteCount(command.Output))),
        ])
    {
        NewlyFailing = comparison.NewlyFailing,
        NewlyPassing = comparison.NewlyPassing,
        StillFailing = comparison.StillFailing,
        Flaky = comparison.Flaky,
        RemovedTests = comparison.Removed,
        StillPassing = comparison.StillPassing,
        AddedPassing = comparison.AddedPassing,
    };

    private static ReviewSeverity Severity(RemarkSeverity severity) => severity switch
    {
        RemarkSeverity.Blocker => ReviewSeverity.Blocker,
        RemarkSeverity.Major => ReviewSeverity.Major,
        RemarkSeverity.Minor => ReviewSeverity.Minor,
        _ => ReviewSeverity.Nit,
    };

    private static TestFileChange Change(FileChange change) => change switch
    {
        FileChange.Added => TestFileChange.Added,
        FileChange.Deleted => TestFileChange.Deleted,
        _ => TestFileChange.Modified,
    };
}
