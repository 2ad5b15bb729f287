namespace CodexService.Tasks.ReviewPosts;

/// <summary>The review of a task on GitHub: first that it is about to be posted, then where it stands, or why it does not.</summary>
public sealed class ReviewPost
{
    /// <summary>The task.</summary>
    public required Guid TaskId { get; init; }

    /// <summary>Drawn before the first try and hidden in the text, so that only our own review is taken for it afterwards.</summary>
    public required string Key { get; init; }

    /// <summary>GitHub's id of the review, once it stands there.</summary>
    public long? ReviewId { get; set; }

    /// <summary>Its address for people.</summary>
    public string? Url { get; set; }

    /// <summary>Why it was given up, one line.</summary>
    public string? Problem { get; set; }

    /// <summary>Whether nothing is left to do.</summary>
    public bool IsSettled => ReviewId is not null || Problem is not null;
}
