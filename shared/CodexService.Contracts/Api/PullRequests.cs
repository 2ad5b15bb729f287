namespace CodexService.Contracts.Api;

/// <summary>Where a pull request is.</summary>
public enum PullRequestState
{
    /// <summary>Waits for a person.</summary>
    Open,

    /// <summary>A person approved it; the merge runs.</summary>
    Merging,

    /// <summary>Merged into its base.</summary>
    Merged,

    /// <summary>Closed without a merge.</summary>
    Closed,
}

/// <summary>A pull request.</summary>
/// <param name="Number">1-based, per service.</param>
/// <param name="TaskId">The task that made it.</param>
/// <param name="Url">Where a person reviews it.</param>
/// <param name="Title">Title.</param>
/// <param name="Body">Markdown.</param>
/// <param name="State">State.</param>
/// <param name="Repository">Target repository.</param>
/// <param name="BaseRef">Branch it merges into.</param>
/// <param name="Branch">Branch that holds the change.</param>
/// <param name="HeadCommit">Commit of the branch.</param>
/// <param name="MergeCommit">Commit on the base after the merge.</param>
/// <param name="Note">Why the last merge was refused, or <see langword="null"/>.</param>
/// <param name="HeldForApproval">Paths (workflows) that a person must look at before approving.</param>
/// <param name="CreatedAt">When it was opened.</param>
/// <param name="ClosedAt">When it was merged or closed.</param>
public sealed record PullRequestInfo(
    int Number,
    Guid TaskId,
    string Url,
    string Title,
    string Body,
    PullRequestState State,
    string Repository,
    string BaseRef,
    string Branch,
    string HeadCommit,
    string? MergeCommit,
    string? Note,
    IReadOnlyList<string> HeldForApproval,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ClosedAt)
{
    /// <summary>Comments of reviews that requested changes which no commit addresses yet; none once it is merged or closed.</summary>
    public int OpenComments { get; init; }

    /// <summary>Of a merged or closed one: comments of reviews that requested changes which no commit addressed.</summary>
    public int UnaddressedComments { get; init; }

    /// <summary>Paths in conflict with the base branch, as far as it was looked at since the head moved.</summary>
    public IReadOnlyList<string> Conflicts { get; init; } = [];
}
