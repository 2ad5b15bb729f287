using CodexService.Agent.Reviews;
using CodexService.Repositories.Patches;
using CodexService.Repositories.Reviewing;

namespace CodexService.Agent.Tests.Reviews;

public sealed class ReviewDraftTests
{
    private readonly ReviewDraft draft = new(Subject(), "/workspace");

    [Fact]
    public void Add_LineOfTheDiff_IsKeptAsItIs()
    {
        Add("b/src/app.py", 11, "Divides by zero.", RemarkSeverity.Major, suggestion: "```python\n    return 0\n```");

        var remark = Assert.Single(Finish().Remarks);
        Assert.Equal(new BrainRemark("src/app.py", 11, null, RemarkSeverity.Major, "Divides by zero.", "    return 0"), remark);
    }

    [Theory]
    [InlineData("src/app.py", 99, "the diff does not show line 99 of src/app.py; it shows lines 10-14, 40-40 of the new file")]
    [InlineData("src/app.py", 0, "the diff does not show line 0 of src/app.py")]
    [InlineData("gone.py", 1, "the diff of gone.py has no lines of the new file")]
    [InlineData("app.py", 10, "the change does not touch app.py; it touches src/app.py, gone.py, other.py")]
    [InlineData("/etc/passwd", 1, "the change does not touch /etc/passwd")]
    public void Add_PlaceOffTheDiff_IsSentBackOnceThenDroppedAndCounted(string path, int line, string part)
    {
        var first = draft.Add(Remark(path, line, "Wrong."));
        var second = draft.Add(Remark(path, line + 1000, "Wrong."));

        Assert.True(first.IsError && second.IsError);
        Assert.StartsWith("Not taken: ", first.Text, StringComparison.Ordinal);
        Assert.Contains(part, first.Text, StringComparison.Ordinal);
        Assert.StartsWith("Dropped: ", second.Text, StringComparison.Ordinal);
        Assert.Equal((0, 1), (Finish().Remarks.Count, Finish().LeftOut.OffDiff));
    }

    [Fact]
    public void Add_CorrectedPlace_IsKeptAndNotCounted()
    {
        draft.Add(Remark("src/app.py", 99, "Wrong."));
        Add("src/app.py", 12, "Wrong.");

        Assert.Equal((1, 0), (Finish().Remarks.Count, Finish().LeftOut.OffDiff));
    }

    [Fact]
    public void Finish_PlaceThatWasNeverCorrected_IsCounted()
    {
        draft.Add(Remark("src/app.py", 99, "Wrong."));

        Assert.Equal(1, Finish().LeftOut.OffDiff);
    }

    [Fact]
    public void Add_RangeAcrossHunks_LosesItsStartOrIsSentBackWithASuggestion()
    {
        Add("src/app.py", 40, "Off by one.", start: 12);
        var sentBack = draft.Add(Remark("src/app.py", 40, "And this.", start: 12, suggestion: "x = 1"));

        Assert.Null(Assert.Single(Finish().Remarks).StartLine);
        Assert.Contains("lines 12-40", sentBack.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_RangeInOneHunk_IsKeptAndTurnedRound()
    {
        Add("src/app.py", 11, "Off by one.", start: 13, suggestion: "x = 1\ny = 2");

        Assert.Equal((11, 13, "x = 1\ny = 2"), (Finish().Remarks[0].StartLine!.Value, Finish().Remarks[0].Line, Finish().Remarks[0].Suggestion));
    }

    [Fact]
    public void Add_SuggestionThatChangesNothing_IsNone()
    {
        Add("src/app.py", 11, "Why?", suggestion: "line 11");

        Assert.Null(Finish().Remarks[0].Suggestion);
    }

    [Fact]
    public void Add_TheSameAgain_IsOneWithTheHigherSeverity()
    {
        Add("src/app.py", 11, "An empty list divides by zero here.", RemarkSeverity.Minor);
        Add("src/app.py", 11, "An empty list divides by zero here!", RemarkSeverity.Blocker);
        Add("src/app.py", 12, "An empty list divides by zero here.", RemarkSeverity.Nit);
        Add("other.py", 1, "An empty list divides by zero here.", RemarkSeverity.Minor);

        var review = Finish();
        Assert.Equal(["src/app.py:11 Blocker", "other.py:1 Minor"], review.Remarks.Select(remark => $"{remark.Path}:{remark.Line} {remark.Severity}"));
        Assert.Equal(2, review.LeftOut.Duplicates);
    }

    [Theory]
    [InlineData(5, 3, 8, 0)]
    [InlineData(6, 3, 6, 3)]
    public void Finish_NitsBesideManySeriousComments_AreLeftOut(int serious, int nits, int kept, int leftOut)
    {
        Many(nits, RemarkSeverity.Nit);
        Many(serious, RemarkSeverity.Minor);

        Assert.Equal((kept, leftOut), (Finish().Remarks.Count, Finish().LeftOut.Nits));
    }

    [Fact]
    public void Finish_MoreThanAReviewHolds_KeepsTheMostSerious()
    {
        Many(15, RemarkSeverity.Minor);
        Many(10, RemarkSeverity.Blocker);

        var review = Finish();
        Assert.Equal((20, 5), (review.Remarks.Count, review.LeftOut.TooMany));
        Assert.Equal(10, review.Remarks.TakeWhile(remark => remark.Severity == RemarkSeverity.Blocker).Count());
    }

    internal static ReviewSubject Subject() => new("main", "refs/pull/7/head", new ChangeDiff(
    [
        new DiffFile("src/app.py", FileChange.Modified,
        [
            new DiffHunk("def total", 10, 5, [.. Lines(10, 14), new DiffLine(DiffLineKind.Removed, null, "old")]),
            new DiffHunk("def other", 40, 1, [.. Lines(40, 40)]),
        ]),
        new DiffFile("gone.py", FileChange.Deleted, [new DiffHunk("", 0, 0, [new DiffLine(DiffLineKind.Removed, null, "x")])]),
        new DiffFile("other.py", FileChange.Added, [new DiffHunk("", 1, 200, [.. Lines(1, 200)])]),
    ]));

    private static IEnumerable<DiffLine> Lines(int from, int to) => Enumerable.Range(from, to - from + 1).Select(number => new DiffLine(DiffLineKind.Added, number, $"line {number}"));

    private static BrainRemark Remark(string path, int line, string body, RemarkSeverity severity = RemarkSeverity.Minor, int? start = null, string? suggestion = null) =>
        new(path, line, start, severity, body, suggestion);

    private void Many(int count, RemarkSeverity severity)
    {
        for (var i = 0; i < count; i++)
        {
            Add("other.py", draft.Count + 1, $"{severity} number {i}", severity);
        }
    }

    private void Add(string path, int line, string body, RemarkSeverity severity = RemarkSeverity.Minor, int? start = null, string? suggestion = null)
    {
        var (text, isError) = draft.Add(Remark(path, line, body, severity, start, suggestion));
        Assert.False(isError, text);
    }

    private BrainReview Finish() => draft.Finish("Summary.");
}
