namespace CodexService.GitHub.Rest;

/// <summary>Pull requests (docs.github.com/rest/pulls).</summary>
public interface IPullRequests
{
    /// <summary>Pull requests of a branch of the same repository, open and closed, newest first.</summary>
    Task<IReadOnlyList<PullRequestInfo>> ListByHeadAsync(string branch, CancellationToken cancellationToken);

    /// <summary>One pull request.</summary>
    Task<PullRequestInfo> GetAsync(int number, CancellationToken cancellationToken);

    /// <summary>Opens one.</summary>
    /// <exception cref="GitHubException"><see cref="GitHubFailure.Refused"/> when the branch has an open one already, or no commit of its own.</exception>
    Task<PullRequestInfo> CreateAsync(NewPullRequest pullRequest, CancellationToken cancellationToken);

    /// <summary>Changes title, body, base or state; what is <see langword="null"/> stays.</summary>
    Task<PullRequestInfo> UpdateAsync(int number, PullRequestUpdate update, CancellationToken cancellationToken);

    /// <summary>Merges it, provided that its head is still <paramref name="head"/>, and returns the commit on the base.</summary>
    /// <param name="number">Number.</param>
    /// <param name="head">Head that was looked at.</param>
    /// <param name="title">Title of the commit.</param>
    /// <param name="method">One of <see cref="MergeMethods"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="GitHubException"><see cref="GitHubFailure.Conflict"/> when the head moved; <see cref="GitHubFailure.Refused"/> when it cannot be merged.</exception>
    Task<string> MergeAsync(int number, string head, string title, string method, CancellationToken cancellationToken);

    /// <summary>Takes the mark "draft" away, which the REST API cannot; nothing happens to one without it.</summary>
    Task MarkReadyAsync(PullRequestInfo pullRequest, CancellationToken cancellationToken);

    /// <summary>Asks people to review it.</summary>
    Task RequestReviewersAsync(int number, IReadOnlyList<string> logins, CancellationToken cancellationToken);

    /// <summary>Comments on lines, oldest first; of more than 1,000 the oldest 100 and the newest 900.</summary>
    Task<IReadOnlyList<ReviewComment>> ListReviewCommentsAsync(int number, CancellationToken cancellationToken);

    /// <summary>Comments on lines that one review brought, oldest first. GitHub tells their lines in <see cref="ListReviewCommentsAsync"/> alone.</summary>
    Task<IReadOnlyList<ReviewComment>> ListReviewCommentsAsync(int number, long review, CancellationToken cancellationToken);

    /// <summary>Answers in the thread of a comment on a line.</summary>
    Task<ReviewComment> ReplyAsync(int number, long comment, string body, CancellationToken cancellationToken);

    /// <summary>Reacts to a comment on a line with <c>eyes</c>, <c>rocket</c>, <c>+1</c>, …; twice is once.</summary>
    Task ReactToReviewCommentAsync(long comment, string content, CancellationToken cancellationToken);

    /// <summary>Reviews, oldest first, at most 1,000.</summary>
    Task<IReadOnlyList<Review>> ListReviewsAsync(int number, CancellationToken cancellationToken);

    /// <summary>Posts a review with all its comments at once.</summary>
    /// <exception cref="GitHubException"><see cref="GitHubFailure.Refused"/> when a comment's line is not in the diff, or the commit is not part of the pull request.</exception>
    Task<Review> CreateReviewAsync(int number, NewReview review, CancellationToken cancellationToken);
}

/// <summary>A pull request.</summary>
public sealed record PullRequestInfo(int Number, string State, string Title, string? Body, string HtmlUrl, PullRequestBranch Head, PullRequestBranch Base)
{
    /// <summary>Id in GraphQL.</summary>
    public string NodeId { get; init; } = "";

    /// <summary>Whether it is marked as not ready.</summary>
    public bool Draft { get; init; }

    /// <summary>When it was merged; <see langword="null"/> when it was not.</summary>
    public DateTimeOffset? MergedAt { get; init; }

    /// <summary>The commit on the base that brought it, once merged.</summary>
    public string? MergeCommitSha { get; init; }

    /// <summary>Who merged it; <see langword="null"/> when it was not.</summary>
    public UserInfo? MergedBy { get; init; }

    /// <summary>Who opened it; <see langword="null"/> for deleted accounts.</summary>
    public UserInfo? User { get; init; }

    /// <summary>Whether it can be merged; <see langword="null"/> while GitHub works it out, and in lists.</summary>
    public bool? Mergeable { get; init; }
}

/// <summary>One end of a pull request.</summary>
public sealed record PullRequestBranch(string Ref, string Sha)
{
    /// <summary>The repository that the branch is in; <see langword="null"/> when it is gone.</summary>
    public BranchRepository? Repo { get; init; }
}

/// <summary>The repository of a branch.</summary>
public sealed record BranchRepository(string FullName);

/// <summary>A pull request to open.</summary>
/// <param name="Title">Title.</param>
/// <param name="Head">Branch of the same repository.</param>
/// <param name="Base">Branch that it is meant for.</param>
/// <param name="Body">Markdown.</param>
/// <param name="Draft">Whether it is not ready to merge.</param>
public sealed record NewPullRequest(string Title, string Head, string Base, string Body, bool Draft);

/// <summary>What changes of a pull request.</summary>
public sealed record PullRequestUpdate
{
    /// <summary>Title.</summary>
    public string? Title { get; init; }

    /// <summary>Markdown.</summary>
    public string? Body { get; init; }

    /// <summary>Branch that it is meant for.</summary>
    public string? Base { get; init; }

    /// <summary><c>open</c> or <c>closed</c>.</summary>
    public string? State { get; init; }
}

/// <summary>A comment on a line.</summary>
/// <param name="Id">Id.</param>
/// <param name="Body">Markdown.</param>
/// <param name="Path">Path of the file.</param>
/// <param name="User">Who wrote it; <see langword="null"/> for deleted accounts.</param>
public sealed record ReviewComment(long Id, string Body, string Path, UserInfo? User)
{
    /// <summary>Line in the new file; <see langword="null"/> when it is outdated.</summary>
    public int? Line { get; init; }

    /// <summary>The comment whose thread it belongs to.</summary>
    public long? InReplyToId { get; init; }

    /// <summary>The lines of the diff around it.</summary>
    public string? DiffHunk { get; init; }

    /// <summary>First line of several; <see langword="null"/> for one.</summary>
    public int? StartLine { get; init; }

    /// <summary><c>RIGHT</c> for the new file, <c>LEFT</c> for the old one.</summary>
    public string? Side { get; init; }

    /// <summary>When it was written.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its text was changed last.</summary>
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>A review to post.</summary>
/// <param name="CommitId">The head that was reviewed.</param>
/// <param name="Body">Markdown.</param>
/// <param name="Event"><c>APPROVE</c>, <c>REQUEST_CHANGES</c> or <c>COMMENT</c>.</param>
/// <param name="Comments">Comments on lines.</param>
public sealed record NewReview(string CommitId, string Body, string Event, IReadOnlyList<NewReviewComment> Comments);

/// <summary>A comment of a review to post.</summary>
/// <param name="Path">Path in the repository.</param>
/// <param name="Line">Line of the new file.</param>
/// <param name="Body">Markdown.</param>
public sealed record NewReviewComment(string Path, int Line, string Body)
{
    /// <summary>Which side of the diff; the new file.</summary>
    public string Side { get; init; } = "RIGHT";

    /// <summary>First line of a range; <see langword="null"/> for one line.</summary>
    public int? StartLine { get; init; }

    /// <summary>Side of <see cref="StartLine"/>.</summary>
    public string? StartSide => StartLine is null ? null : Side;
}

/// <summary>A posted review.</summary>
public sealed record Review(long Id, string? Body, string State, string HtmlUrl);

/// <summary>Who wrote something.</summary>
/// <param name="Login">Name of the account.</param>
/// <param name="Type"><c>User</c>, <c>Bot</c> or <c>Organization</c>.</param>
public sealed record UserInfo(string Login, string Type)
{
    /// <summary>Number of the account, which stays when it is renamed; <see langword="null"/> when it was not told.</summary>
    public long? Id { get; init; }
}
