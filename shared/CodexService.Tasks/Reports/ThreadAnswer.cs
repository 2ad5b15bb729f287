namespace CodexService.Tasks.Reports;

/// <summary>An answer that was given in the thread of a review comment; none is given twice.</summary>
public sealed class ThreadAnswer
{
    /// <summary>The comment that was answered.</summary>
    public required Guid CommentId { get; init; }

    /// <summary>The commit that addresses it, or <c>follow-up N</c> for the one that did not.</summary>
    public required string About { get; init; }

    /// <summary>When it was given.</summary>
    public required DateTimeOffset AnsweredAt { get; init; }
}
