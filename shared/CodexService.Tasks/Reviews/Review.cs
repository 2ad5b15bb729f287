using CodexService.Contracts.Api;

namespace CodexService.Tasks.Reviews;

/// <summary>A review of a pull request, written in the dashboard or on a forge. Changed only through <see cref="CodingTask"/>.</summary>
public sealed class Review
{
    private readonly List<ReviewComment> comments = [];

    /// <summary>Identity.</summary>
    public Guid Id { get; private init; } = Guid.CreateVersion7();

    /// <summary>The pull request.</summary>
    public required Guid PullRequestId { get; init; }

    /// <summary>Who wrote it: the name of the access token, or the account on the forge.</summary>
    public required string Author { get; init; }

    /// <summary>What it says about the whole change.</summary>
    public required ReviewEvent Event { get; init; }

    /// <summary>Markdown; may be empty.</summary>
    public required string Body { get; init; }

    /// <summary>The commit that was reviewed.</summary>
    public required string HeadCommit { get; init; }

    /// <summary>When it came in, on the database's clock.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Number of the newest round that carries it; <see langword="null"/> when it started nothing.</summary>
    /// <remarks>
    /// The API and the log call it <c>round</c>. The column keeps its first name: processes of earlier versions read it while an upgrade rolls out.
    /// </remarks>
    public int? FollowUp { get; private set; }

    /// <summary>The commit that addresses it.</summary>
    public string? AddressedBy { get; private set; }

    /// <summary>The forge's own id; a review of a forge is stored once. <see langword="null"/> for local ones.</summary>
    public string? ForgeId { get; init; }

    /// <summary>The client's key for idempotent submission.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Hash of the request that <see cref="IdempotencyKey"/> belongs to.</summary>
    public string? RequestHash { get; init; }

    /// <summary>Comments on lines, in the reviewer's order.</summary>
    public IReadOnlyList<ReviewComment> Comments => comments;

    internal void Add(ReviewComment comment) => comments.Add(comment);

    internal void AskedBy(int prompt) => FollowUp = prompt;

    internal void Address(string commit)
    {
        AddressedBy = commit;
        comments.ForEach(comment => comment.Address(commit));
    }
}

/// <summary>A comment on a line of a diff.</summary>
public sealed class ReviewComment
{
    /// <summary>Identity.</summary>
    public Guid Id { get; private init; } = Guid.CreateVersion7();

    /// <summary>The review.</summary>
    public required Guid ReviewId { get; init; }

    /// <summary>0-based place within the review.</summary>
    public required int Position { get; init; }

    /// <summary>Path of the file in the repository.</summary>
    public required string Path { get; init; }

    /// <summary>Which side <see cref="Line"/> counts on.</summary>
    public required ReviewSide Side { get; init; }

    /// <summary>1-based; <see langword="null"/> for a comment on the whole file.</summary>
    public int? Line { get; init; }

    /// <summary>First line of several; <see langword="null"/> for one.</summary>
    public int? StartLine { get; init; }

    /// <summary>Markdown.</summary>
    public required string Body { get; init; }

    /// <summary>The lines of the diff that it is about, each with its sign; may be empty.</summary>
    public required string Quote { get; init; }

    /// <summary>The forge's own id, for an answer in its thread.</summary>
    public string? ForgeId { get; init; }

    /// <summary>Whether a commit addresses it.</summary>
    public ReviewCommentState State { get; private set; } = ReviewCommentState.Open;

    /// <summary>That commit.</summary>
    public string? AddressedBy { get; private set; }

    internal void Address(string commit)
    {
        State = ReviewCommentState.Addressed;
        AddressedBy = commit;
    }
}
