using CodexService.Contracts.Api;

namespace CodexService.Tasks.FollowUps;

/// <summary>What a person with write access said, cleaned.</summary>
/// <param name="Author">Login of who said it.</param>
/// <param name="Text">What is said about the whole; may be empty.</param>
/// <param name="Comments">What is said about lines.</param>
public sealed record Feedback(string Author, string Text, IReadOnlyList<LineComment> Comments)
{
    /// <summary>Id of the author's account; <see langword="null"/> when the forge did not tell it.</summary>
    public long? AuthorId { get; init; }

    /// <summary>Whether a plan is to be approved before files change.</summary>
    public bool ApprovePlan { get; init; }

    /// <summary>Whether it is a review as a whole, which is addressed by one commit.</summary>
    public bool IsReview { get; init; }

    /// <summary>Whether anything is said.</summary>
    internal bool IsEmpty => Text.Length == 0 && Comments.Count == 0;

    /// <summary>
    /// Whether a running attempt can be told: comments on lines speak of the published head, not of what the attempt made of it, and
    /// their threads are answered with the commit that addresses them.
    /// </summary>
    internal bool IsSteerable => this is { Comments: [], IsReview: false, ApprovePlan: false } && Text.Length is > 0 and <= SteeringLimits.LongestText;
}

/// <summary>A comment on a line of the pull request.</summary>
/// <param name="Id">The forge's id of it.</param>
/// <param name="Path">Path of the file.</param>
/// <param name="Line">1-based; <see langword="null"/> when it is on the file or outdated.</param>
/// <param name="Body">What is said, with what was said before it in the same thread.</param>
/// <param name="Quote">The lines of the diff that it is about, each with its sign.</param>
public sealed record LineComment(long Id, string Path, int? Line, string Body, string Quote)
{
    /// <summary>First line of several; <see langword="null"/> for one.</summary>
    public int? StartLine { get; init; }

    /// <summary>Which side <see cref="Line"/> counts on.</summary>
    public ReviewSide Side { get; init; } = ReviewSide.New;
}
