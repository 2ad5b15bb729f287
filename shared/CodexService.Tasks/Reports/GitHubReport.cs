namespace CodexService.Tasks.Reports;

/// <summary>
/// What GitHub was shown of a task, and what stands against showing more. Written by the reporter alone, after each call, so
/// that a restarted one goes on where the last one ended.
/// </summary>
public sealed class GitHubReport
{
    /// <summary>The task.</summary>
    public required Guid TaskId { get; init; }

    /// <summary>Random; the hidden marks of comments are made of it, so that nobody can write one beforehand.</summary>
    public required string Mark { get; init; }

    /// <summary>Sequence number of the task's newest event when it was last reported.</summary>
    public long SeenSeq { get; set; }

    /// <summary>Whether nothing is left to do until the task changes.</summary>
    public bool Settled { get; set; }

    /// <summary>The status comment; <see langword="null"/> before it was made.</summary>
    public long? CommentId { get; set; }

    /// <summary>Hash of its text.</summary>
    public string? CommentHash { get; set; }

    /// <summary>How many status comments were made: a second one when a person deleted the first, never a third.</summary>
    public int CommentsMade { get; set; }

    /// <summary>Head whose held paths were told on the pull request.</summary>
    public string? HeldHead { get; set; }

    /// <summary>Whether the pull request got its labels, or GitHub refused them.</summary>
    public bool Labeled { get; set; }

    /// <summary>Whether who asked for the task was asked for a review, or GitHub refused that.</summary>
    public bool ReviewerAsked { get; set; }

    /// <summary>Commit of the newest check.</summary>
    public string? CheckHead { get; set; }

    /// <summary>Number of the first attempt of the round that the newest check is about.</summary>
    public int CheckRound { get; set; }

    /// <summary>The newest check; <see langword="null"/> when it is a commit status.</summary>
    public long? CheckRunId { get; set; }

    /// <summary>Where the newest check is: <c>queued</c>, <c>in_progress</c> or <c>completed</c>.</summary>
    public string? CheckStatus { get; set; }

    /// <summary>What the evidence says of <see cref="CheckHead"/>: <c>success</c>, <c>neutral</c> or <c>failure</c>.</summary>
    public string? Verdict { get; set; }

    /// <summary>What stands against showing all, one line; <see langword="null"/> when nothing does.</summary>
    public string? Problem { get; set; }

    /// <summary>What was given up at <see cref="RefusedAt"/>.</summary>
    public GitHubReportParts Refused { get; set; }

    /// <summary>Where the task was when parts were given up; they are tried once more when it is elsewhere.</summary>
    public string? RefusedAt { get; set; }

    /// <summary>Tries in a row that failed in passing.</summary>
    public int Tries { get; set; }

    /// <summary>When the first of them failed; <see langword="null"/> when the last try did not.</summary>
    public DateTimeOffset? FailingSince { get; set; }

    /// <summary>Before this nothing is tried; <see langword="null"/> for at once.</summary>
    public DateTimeOffset? NextTryAt { get; set; }
}

/// <summary>Parts of what GitHub shows of a task.</summary>
[Flags]
public enum GitHubReportParts
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The sign that the wish was seen: in rows of earlier versions alone, as it is shown while the delivery is handled.</summary>
    Reaction = 1,

    /// <summary>The status comment.</summary>
    Comment = 2,

    /// <summary>The comment on paths that wait for approval.</summary>
    Held = 4,

    /// <summary>The check on the head commit.</summary>
    Check = 8,

    /// <summary>Answers in review threads.</summary>
    Threads = 16,

    /// <summary>Labels and reviewer of the pull request.</summary>
    Decoration = 32,

    /// <summary>All.</summary>
    All = Comment | Held | Check | Threads | Decoration,
}
