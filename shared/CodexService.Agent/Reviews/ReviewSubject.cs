using CodexService.Repositories.Reviewing;

namespace CodexService.Agent.Reviews;

/// <summary>The change that a brain reviews. Everything in it was written by others.</summary>
/// <param name="Base">What the change is meant for, as it was submitted.</param>
/// <param name="Head">What is reviewed, as it was submitted; the sandbox holds its files.</param>
/// <param name="Diff">The change, read on the host from git's objects.</param>
public sealed record ReviewSubject(string Base, string Head, ChangeDiff Diff);

/// <summary>What a brain says about a change.</summary>
/// <param name="Summary">Markdown.</param>
/// <param name="Remarks">Comments on lines, the most serious first; each names lines that the diff shows.</param>
/// <param name="LeftOut">How many comments are left out.</param>
public sealed record BrainReview(string Summary, IReadOnlyList<BrainRemark> Remarks, RemarksLeftOut LeftOut);

/// <summary>A comment on lines of a change.</summary>
/// <param name="Path">Path in the repository after the change.</param>
/// <param name="Line">Line of the new file, the last one of a range.</param>
/// <param name="StartLine">First line of a range; <see langword="null"/> for one line.</param>
/// <param name="Severity">How serious it is.</param>
/// <param name="Body">Markdown.</param>
/// <param name="Suggestion">Text that would replace exactly these lines; <see langword="null"/> for none.</param>
public sealed record BrainRemark(string Path, int Line, int? StartLine, RemarkSeverity Severity, string Body, string? Suggestion);

/// <summary>How serious a comment is; the most serious first.</summary>
public enum RemarkSeverity
{
    /// <summary>Must not be merged like this.</summary>
    Blocker,

    /// <summary>Should be repaired before the merge.</summary>
    Major,

    /// <summary>Worth a change, now or later.</summary>
    Minor,

    /// <summary>A matter of taste.</summary>
    Nit,
}

/// <summary>Comments that a review leaves out.</summary>
/// <param name="OffDiff">Their lines are not in the diff, also after a correction.</param>
/// <param name="Duplicates">They say what another one says.</param>
/// <param name="Nits">Nits beside many more serious comments.</param>
/// <param name="TooMany">More than a review holds.</param>
public sealed record RemarksLeftOut(int OffDiff, int Duplicates, int Nits, int TooMany);
