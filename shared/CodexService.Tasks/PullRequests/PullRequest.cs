using CodexService.Contracts.Api;

namespace CodexService.Tasks.PullRequests;

/// <summary>A pull request of a task. Changed only through <see cref="CodingTask"/>.</summary>
public sealed partial class PullRequest
{
    private string body = "";
    private string headCommit = "";
    private IReadOnlyList<string> heldForApproval = [];

    /// <summary>Identity.</summary>
    public Guid Id { get; private init; } = Guid.CreateVersion7();

    /// <summary>The task.</summary>
    public required Guid TaskId { get; init; }

    /// <summary>1-based, per service.</summary>
    public required int Number { get; init; }

    /// <summary>Where a person reviews it; relative to the dashboard for local review.</summary>
    public required string Url { get; init; }

    /// <summary>Title.</summary>
    public required string Title { get; init; }

    /// <summary>Markdown.</summary>
    public required string Body
    {
        get => body;
        init => body = value;
    }

    /// <summary>Target repository.</summary>
    public required string Repository { get; init; }

    /// <summary>Branch it merges into.</summary>
    public required string BaseRef { get; init; }

    /// <summary>Branch with the change.</summary>
    public required string Branch { get; init; }

    /// <summary>Commit of the branch.</summary>
    public required string HeadCommit
    {
        get => headCommit;
        init => (headCommit, publishedHead) = (value, value);
    }

    /// <summary>Paths that a person must look at before approving.</summary>
    public required IReadOnlyList<string> HeldForApproval
    {
        get => heldForApproval;
        init => heldForApproval = value;
    }

    /// <summary>State.</summary>
    public PullRequestState State { get; private set; } = PullRequestState.Open;

    /// <summary>Commit on the base after the merge.</summary>
    public string? MergeCommit { get; private set; }

    /// <summary>Why the last merge was refused.</summary>
    public string? Note { get; private set; }

    /// <summary>The attempt whose patch the head commit holds: what a review is about.</summary>
    public Guid? PublishedAttemptId { get; internal set; }

    /// <summary>When it was opened.</summary>
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>When a person approved it last.</summary>
    public DateTimeOffset? ApprovedAt { get; private set; }

    /// <summary>When it was merged or closed.</summary>
    public DateTimeOffset? ClosedAt { get; private set; }

    internal void MoveHead(PullRequestHead moved)
    {
        headCommit = moved.Commit;
        publishedHead = moved.Commit;
        body = moved.Body;
        heldForApproval = moved.HeldForApproval;
        headTree = moved.Tree;
        Note = null;
        Conflicts = [];
    }

    internal void StartMerge(DateTimeOffset now)
    {
        ApprovedAt = now;
        State = PullRequestState.Merging;
        Note = null;
    }

    internal void Merge(string mergeCommit, DateTimeOffset now)
    {
        State = PullRequestState.Merged;
        MergeCommit = mergeCommit;
        ClosedAt = now;
    }

    internal void RefuseMerge(string note, IReadOnlyList<string> conflicts)
    {
        State = PullRequestState.Open;
        Note = note;
        Conflicts = conflicts;
    }

    internal void Close(DateTimeOffset now, bool isToldTheForge)
    {
        State = PullRequestState.Closed;
        ClosedAt = now;
        IsCloseUntold = ForgeNumber is not null && !isToldTheForge;
    }
}

/// <summary>The new head of a pull request.</summary>
/// <param name="Commit">Commit of the branch now.</param>
/// <param name="Body">Markdown with the new evidence.</param>
/// <param name="HeldForApproval">Paths that a person must look at before approving.</param>
public sealed record PullRequestHead(string Commit, string Body, IReadOnlyList<string> HeldForApproval)
{
    /// <summary>How it stands to what the tests ran on.</summary>
    public HeadTree Tree { get; init; }
}
