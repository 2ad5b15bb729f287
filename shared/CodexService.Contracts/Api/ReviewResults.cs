namespace CodexService.Contracts.Api;

/// <summary>What a review of a change came to.</summary>
/// <param name="Summary">Markdown; written by a model, or by the service when no model read the change.</param>
/// <param name="Comments">Comments on lines, the most serious first.</param>
/// <param name="MergeBase">Commit that the change is relative to.</param>
/// <param name="HeadCommit">Head commit of the change.</param>
public sealed record ReviewResult(string Summary, IReadOnlyList<ReviewRemark> Comments, string MergeBase, string HeadCommit)
{
    /// <summary>Whether a model read the change; when not, there are no comments.</summary>
    public bool ReadByModel { get; init; }

    /// <summary>How many files the change touches.</summary>
    public int Files { get; init; }

    /// <summary>Lines that it adds.</summary>
    public int AddedLines { get; init; }

    /// <summary>Lines that it removes.</summary>
    public int RemovedLines { get; init; }

    /// <summary>Files of tests that the change touches.</summary>
    public IReadOnlyList<ChangedTestFile> ChangedTests { get; init; } = [];

    /// <summary>Comments that the model made and the review leaves out.</summary>
    public ReviewOmissions LeftOut { get; init; } = new();

    /// <summary>What the tests say; <see langword="null"/> when they were not run to their end, for which <see cref="EvidenceNote"/> has the reason.</summary>
    public ReviewEvidence? Evidence { get; init; }

    /// <summary>Why there is no evidence, one line.</summary>
    public string? EvidenceNote { get; init; }
}

/// <summary>A comment on lines of a change.</summary>
/// <param name="Path">Path in the repository after the change.</param>
/// <param name="Line">Line of the new file, counted from 1; the last one of a range. The diff shows it.</param>
/// <param name="Severity">How serious it is.</param>
/// <param name="Body">Markdown.</param>
public sealed record ReviewRemark(string Path, int Line, ReviewSeverity Severity, string Body)
{
    /// <summary>First line of a range; <see langword="null"/> for one line.</summary>
    public int? StartLine { get; init; }

    /// <summary>Text of the lines as they are.</summary>
    public string Lines { get; init; } = "";

    /// <summary>Text that would replace exactly these lines; <see langword="null"/> for none, empty to delete them.</summary>
    public string? Suggestion { get; init; }
}

/// <summary>How serious a comment is.</summary>
public enum ReviewSeverity
{
    /// <summary>Must not be merged like this: wrong results, lost data, a hole.</summary>
    Blocker,

    /// <summary>Should be repaired before the merge.</summary>
    Major,

    /// <summary>Worth a change, now or later.</summary>
    Minor,

    /// <summary>A matter of taste.</summary>
    Nit,
}

/// <summary>How many comments of the model a review leaves out, and why.</summary>
/// <param name="OffDiff">Their lines are not in the diff, also after one correction.</param>
/// <param name="Duplicates">They say what another one says.</param>
/// <param name="Nits">Nits beside many more serious comments.</param>
/// <param name="TooMany">More than a review holds.</param>
public sealed record ReviewOmissions(int OffDiff = 0, int Duplicates = 0, int Nits = 0, int TooMany = 0)
{
    /// <summary>All of them.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int Total => OffDiff + Duplicates + Nits + TooMany;
}

/// <summary>What the tests say of a change: the test command was run at the merge base and at the head, twice each, in fresh sandboxes.</summary>
/// <param name="Conclusion">One line.</param>
/// <param name="Commands">The recorded commands; <c>before</c> is the merge base, <c>after</c> the head. Their outputs are at <c>GET /api/tasks/{id}/evidence/{index}</c>.</param>
public sealed record ReviewEvidence(string Conclusion, IReadOnlyList<CommandReport> Commands)
{
    /// <summary>Tests that fail at the head and passed, or were not there, at the merge base.</summary>
    public IReadOnlyList<string> NewlyFailing { get; init; } = [];

    /// <summary>Tests that failed at the merge base and pass at the head.</summary>
    public IReadOnlyList<string> NewlyPassing { get; init; } = [];

    /// <summary>Tests that fail at both.</summary>
    public IReadOnlyList<string> StillFailing { get; init; } = [];

    /// <summary>Tests whose two runs disagree.</summary>
    public IReadOnlyList<string> Flaky { get; init; } = [];

    /// <summary>Tests that ran at the merge base and are gone or skipped at the head.</summary>
    public IReadOnlyList<string> RemovedTests { get; init; } = [];

    /// <summary>How many tests pass at both.</summary>
    public int StillPassing { get; init; }

    /// <summary>How many tests are new at the head and pass.</summary>
    public int AddedPassing { get; init; }
}
