using CodexService.Contracts.Api;

namespace CodexService.Tasks.Reviews;

/// <summary>A review as it comes in, from the API or from a forge.</summary>
/// <param name="Author">Who wrote it: the name of the access token, or the account on the forge.</param>
/// <param name="Event">What it says about the whole change; a request for changes starts a follow-up.</param>
/// <param name="Body">Markdown about the whole; may be empty. Cleaned before a model reads it.</param>
/// <param name="HeadCommit">The commit that was reviewed.</param>
/// <param name="Comments">Comments on lines, in the reviewer's order.</param>
public sealed record SubmittedReview(
    string Author, ReviewEvent Event, string Body, string HeadCommit, IReadOnlyList<SubmittedComment> Comments)
{
    /// <summary>The forge's own id of the review; the same id is stored once. <see langword="null"/> for local ones.</summary>
    public string? ForgeId { get; init; }

    /// <summary>The client's key for idempotent submission.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Hash of the request that <see cref="IdempotencyKey"/> belongs to.</summary>
    public string? RequestHash { get; init; }

    /// <summary>Whose budget the follow-up counts against: the name of an access token. <see langword="null"/> for who submitted the task.</summary>
    public string? User { get; init; }

    /// <summary>Whether it is refused when the pull request has another head than <see cref="HeadCommit"/> by now. Default <see langword="false"/>.</summary>
    public bool NeedsCurrentHead { get; init; }
}

/// <summary>A comment on a line, as it comes in.</summary>
/// <param name="Path">Path of the file in the repository.</param>
/// <param name="Side">Which side <paramref name="Line"/> counts on (on GitHub: LEFT is old, RIGHT is new).</param>
/// <param name="Line">1-based; <see langword="null"/> for a comment on the whole file.</param>
/// <param name="Body">Markdown. Cleaned before a model reads it.</param>
/// <param name="Quote">The lines of the diff that it is about, each with its sign: GitHub's <c>diff_hunk</c> as it is, its header included.</param>
public sealed record SubmittedComment(string Path, ReviewSide Side, int? Line, string Body, string Quote)
{
    /// <summary>First line of several; <see langword="null"/> for one.</summary>
    public int? StartLine { get; init; }

    /// <summary>The forge's own id, for an answer in its thread.</summary>
    public string? ForgeId { get; init; }
}

/// <summary>What became of a review that came in.</summary>
/// <param name="Review">The review as it is stored.</param>
/// <param name="IsNew">Whether it was stored now; else an earlier one with the same forge id or key was found and nothing was changed.</param>
public sealed record ReviewReceipt(Review Review, bool IsNew);
