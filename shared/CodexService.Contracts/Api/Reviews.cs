using System.Text.Json.Serialization;

namespace CodexService.Contracts.Api;

/// <summary>What a review says about the whole change.</summary>
public enum ReviewEvent
{
    /// <summary>Remarks for people; starts nothing.</summary>
    Comment,

    /// <summary>The change is not accepted as it is; starts a follow-up.</summary>
    RequestChanges,
}

/// <summary>Which side of a diff a line number counts on.</summary>
public enum ReviewSide
{
    /// <summary>The file before the change; for removed lines.</summary>
    Old,

    /// <summary>The file after the change; for added lines and those that stayed.</summary>
    New,
}

/// <summary>Where a comment on a line is.</summary>
public enum ReviewCommentState
{
    /// <summary>No commit addresses it.</summary>
    Open,

    /// <summary>The follow-up that was given it has put a commit on the pull request.</summary>
    Addressed,
}

/// <summary>What became of a review's request for changes.</summary>
public enum ReviewProgress
{
    /// <summary>The follow-up has not ended.</summary>
    Working,

    /// <summary>Its commit is on the pull request.</summary>
    Addressed,

    /// <summary>The follow-up ended without a commit; the review is open still.</summary>
    NotAddressed,
}

/// <summary>Body of <c>POST /api/pull-requests/{number}/reviews</c>. It needs a body, comments, or both.</summary>
/// <param name="Event">What the review says about the whole change.</param>
/// <param name="Body">Markdown about the whole, at most <see cref="ReviewLimits.LongestBody"/> characters.</param>
/// <param name="Comments">Comments on lines, at most <see cref="ReviewLimits.MostComments"/>.</param>
/// <param name="HeadCommit">The commit that was reviewed; when the pull request has another head by now, the review is refused. <see langword="null"/> for whatever the head is.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SubmitReviewRequest(
    ReviewEvent Event, string? Body = null, IReadOnlyList<ReviewCommentRequest>? Comments = null, string? HeadCommit = null);

/// <summary>A comment on a line of the pull request's diff.</summary>
/// <param name="Path">Path of the file in the repository.</param>
/// <param name="Line">1-based number of the line; it has to be in the diff.</param>
/// <param name="Body">Markdown, 1 to <see cref="ReviewLimits.LongestComment"/> characters.</param>
/// <param name="Side">Which side <paramref name="Line"/> counts on. Default <see cref="ReviewSide.New"/>.</param>
/// <param name="StartLine">First line of several on the same side, in the same hunk; <see langword="null"/> for one line.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ReviewCommentRequest(string Path, int Line, string Body, ReviewSide Side = ReviewSide.New, int? StartLine = null);

/// <summary>A review of a pull request.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Author">Who wrote it: the name of the access token, or the account on the forge.</param>
/// <param name="Event">What it says about the whole change.</param>
/// <param name="Body">Markdown; may be empty.</param>
/// <param name="HeadCommit">The commit that was reviewed.</param>
/// <param name="CreatedAt">When, on the database's clock.</param>
/// <param name="Round">Number of the round that is to address it; <see langword="null"/> when it started nothing.</param>
/// <param name="Progress">What became of the follow-up; <see langword="null"/> when it started nothing.</param>
/// <param name="Reason">Why it is not addressed, one line; else <see langword="null"/>.</param>
/// <param name="AddressedBy">The commit that addresses it.</param>
/// <param name="Comments">Comments on lines, in the reviewer's order.</param>
public sealed record ReviewInfo(
    Guid Id,
    string Author,
    ReviewEvent Event,
    string Body,
    string HeadCommit,
    DateTimeOffset CreatedAt,
    int? Round,
    ReviewProgress? Progress,
    string? Reason,
    string? AddressedBy,
    IReadOnlyList<ReviewCommentInfo> Comments);

/// <summary>A comment on a line.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Path">Path of the file.</param>
/// <param name="Side">Which side <paramref name="Line"/> counts on.</param>
/// <param name="Line">1-based; <see langword="null"/> for a comment on the whole file.</param>
/// <param name="StartLine">First line of several; <see langword="null"/> for one.</param>
/// <param name="Body">Markdown.</param>
/// <param name="Quote">The lines of the diff that it is about, each with its sign; may be empty.</param>
/// <param name="State">Whether a commit addresses it.</param>
/// <param name="AddressedBy">That commit.</param>
/// <param name="IsOutdated">Whether the pull request has another head than the one that was reviewed.</param>
public sealed record ReviewCommentInfo(
    Guid Id,
    string Path,
    ReviewSide Side,
    int? Line,
    int? StartLine,
    string Body,
    string Quote,
    ReviewCommentState State,
    string? AddressedBy,
    bool IsOutdated);

/// <summary>Limits of reviews.</summary>
public static class ReviewLimits
{
    /// <summary>Comments of one review.</summary>
    public const int MostComments = 100;

    /// <summary>Characters of the text about the whole.</summary>
    public const int LongestBody = 20_000;

    /// <summary>Characters of one comment.</summary>
    public const int LongestComment = 10_000;

    /// <summary>Lines that one comment may be about.</summary>
    public const int MostLines = 200;
}
