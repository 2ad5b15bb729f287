using CodexService.Repositories;
using CodexService.Tasks.Origins;

namespace CodexService.PullRequests.Forges;

/// <summary>
/// A place where pull requests live: the target repository itself with the built-in review, or a hosting service.
/// Every call can be repeated after a crash and then finds what the earlier one did. Implementations are thread-safe.
/// </summary>
public interface IForge
{
    /// <summary>Name as stored with the pull request, for example <c>local</c>.</summary>
    string Name { get; }

    /// <summary>Whether the repository's pull requests live here.</summary>
    bool Serves(RepositoryAddress repository) => true;

    /// <summary>The repository as git on this machine may read it: with a short-lived token where the forge has one.</summary>
    /// <exception cref="RepositoryException">The forge gives none; trying again later may help.</exception>
    Task<RepositoryAddress> ReadableAsync(RepositoryAddress repository, CancellationToken cancellationToken) => Task.FromResult(repository);

    /// <summary>Makes the branch and opens the pull request.</summary>
    /// <exception cref="RepositoryException">The repository cannot be used now; trying again later may help.</exception>
    Task<OpenResult> OpenAsync(PullRequestDraft draft, CancellationToken cancellationToken);

    /// <summary>
    /// Gives an open pull request a new head: a commit on top of the old one, or one in its place. The number and the branch stay.
    /// What people committed on top of the old head stays too, and the change goes on top of that; a branch that somebody rewrote is
    /// not overwritten.
    /// </summary>
    /// <exception cref="RepositoryException">The repository cannot be used now; trying again later may help.</exception>
    Task<MoveResult> MoveAsync(PullRequestMove move, CancellationToken cancellationToken);

    /// <summary>Merges an open pull request into its base.</summary>
    /// <exception cref="RepositoryException">The repository cannot be used now; trying again later may help.</exception>
    Task<MergeResult> MergeAsync(PullRequestReference pullRequest, CancellationToken cancellationToken);

    /// <summary>Closes an open pull request without a merge. The branch stays.</summary>
    /// <exception cref="RepositoryException">The repository cannot be used now; trying again later may help.</exception>
    Task<CloseResult> CloseAsync(PullRequestReference pullRequest, CancellationToken cancellationToken);

    /// <summary>Adds paths that were held back from an open pull request to its branch, as one commit.</summary>
    /// <exception cref="RepositoryException">The repository cannot be used now; trying again later may help.</exception>
    Task<ApproveResult> ApproveHeldAsync(HeldApproval approval, CancellationToken cancellationToken) =>
        Task.FromResult<ApproveResult>(new ApproveResult.Refused($"held paths cannot be added on {Name}; apply that part of the patch by hand"));
}

/// <summary>A pull request that is to be opened.</summary>
/// <param name="TaskId">The task that made the change.</param>
/// <param name="Repository">Target repository.</param>
/// <param name="BaseBranch">Branch that it is meant for.</param>
/// <param name="BaseCommit">Commit that the patch applies to.</param>
/// <param name="Branch">Branch to make; see <see cref="BranchName"/>.</param>
/// <param name="Patch">The verified patch.</param>
/// <param name="Title">Title.</param>
/// <param name="Body">Markdown; see <see cref="PullRequestBody"/>.</param>
/// <param name="CommitMessage">Message of the commit with its trailers; see <see cref="Forges.CommitMessage"/>.</param>
/// <param name="At">Date of the commit: when the patch was verified, the same in every try.</param>
public sealed record PullRequestDraft(
    Guid TaskId,
    RepositoryAddress Repository,
    string BaseBranch,
    string BaseCommit,
    string Branch,
    string Patch,
    string Title,
    string Body,
    string CommitMessage,
    DateTimeOffset At)
{
    /// <summary>The forge's own id of the repository, where it is known: another one of that name is not touched.</summary>
    public long? RepositoryId { get; init; }

    /// <summary>
    /// The base branch's commit that is merged: <see cref="Patch"/> is then on top of the merge of <see cref="BaseCommit"/> and this one,
    /// and the commit gets both as parents; <see langword="null"/> for a commit with one.
    /// </summary>
    public string? MergedCommit { get; init; }

    /// <summary>The issue or pull request that the task came from; <see langword="null"/> for tasks of the dashboard, the CLI and the API.</summary>
    public ChangeOrigin? Origin { get; init; }

    /// <summary>
    /// Who asked for this very change on the forge: the commit names them. Empty where no account of theirs is known; the local review
    /// knows none.
    /// </summary>
    public IReadOnlyList<ForgeAccount> AskedBy { get; init; } = [];
}

/// <summary>An open pull request that is to get a new head.</summary>
/// <param name="Number">The forge's own number; the service's for the local review.</param>
/// <param name="ExpectedHead">Commit that the branch is expected at; what people committed on top of it stays.</param>
/// <param name="Change">The new change: the base commit is the new commit's parent, the branch is the pull request's own.</param>
public sealed record PullRequestMove(int Number, string ExpectedHead, PullRequestDraft Change);

/// <summary>How moving ended.</summary>
public abstract record MoveResult
{
    private MoveResult()
    {
    }

    /// <summary>The branch is at the new commit and the pull request says so.</summary>
    /// <param name="HeadCommit">Commit of the branch.</param>
    /// <param name="HeldForApproval">Paths of this change that a person must look at before approving.</param>
    /// <param name="Adopted">Whether an earlier try had moved it already.</param>
    public sealed record Moved(string HeadCommit, IReadOnlyList<string> HeldForApproval, bool Adopted) : MoveResult
    {
        /// <summary>Whether somebody had pushed to the branch, and the change was put on top of their commits.</summary>
        public bool Rebased { get; init; }
    }

    /// <summary>It will not be moved, however often it is tried.</summary>
    /// <param name="Reason">One line for people.</param>
    public sealed record Refused(string Reason) : MoveResult;
}

/// <summary>An open pull request, as stored.</summary>
/// <param name="TaskId">The task that made the change.</param>
/// <param name="Repository">Target repository.</param>
/// <param name="BaseBranch">Branch that it merges into.</param>
/// <param name="Branch">Branch that holds the change.</param>
/// <param name="HeadCommit">The commit that was reviewed; nothing else is merged.</param>
/// <param name="Title">Title.</param>
/// <param name="Number">The forge's own number; <see langword="null"/> for the local review.</param>
/// <param name="At">Date of the merge commit: when a person approved, the same in every try.</param>
public sealed record PullRequestReference(
    Guid TaskId,
    RepositoryAddress Repository,
    string BaseBranch,
    string Branch,
    string HeadCommit,
    string Title,
    int? Number,
    DateTimeOffset At)
{
    /// <summary>The forge's own id of the repository, where it is known: another one of that name is not touched.</summary>
    public long? RepositoryId { get; init; }
}

/// <summary>How opening ended.</summary>
public abstract record OpenResult
{
    private OpenResult()
    {
    }

    /// <summary>The branch is there and the pull request open.</summary>
    /// <param name="HeadCommit">Commit of the branch.</param>
    /// <param name="HeldForApproval">Paths that a person must look at before approving.</param>
    /// <param name="Number">The forge's own number; <see langword="null"/> when the service numbers it.</param>
    /// <param name="Url">Where the forge shows it; <see langword="null"/> when the dashboard does.</param>
    /// <param name="Adopted">Whether an earlier try had made it already.</param>
    public sealed record Opened(string HeadCommit, IReadOnlyList<string> HeldForApproval, int? Number, string? Url, bool Adopted) : OpenResult
    {
        /// <summary>The forge's own id of the repository; <see langword="null"/> when it has none.</summary>
        public long? RepositoryId { get; init; }

        /// <summary>Whether it was closed since an earlier try opened it.</summary>
        public bool IsClosed { get; init; }

        /// <summary>The commit on the base that brought it, when it was merged since; else <see langword="null"/>.</summary>
        public string? MergeCommit { get; init; }

        /// <summary>The branch, when it is another than the draft's, because that name held somebody else's work; else <see langword="null"/>.</summary>
        public string? Branch { get; init; }

        /// <summary>Our own commit, where others have put commits on top of it already; <see langword="null"/> when it is the head.</summary>
        public string? UnderOthers { get; init; }
    }

    /// <summary>It will not be opened, however often it is tried.</summary>
    /// <param name="Reason">One line for people.</param>
    public sealed record Refused(string Reason) : OpenResult;
}

/// <summary>How a merge ended.</summary>
public abstract record MergeResult
{
    private MergeResult()
    {
    }

    /// <summary>The base holds the change.</summary>
    /// <param name="MergeCommit">The commit on the base that brought it.</param>
    public sealed record Merged(string MergeCommit) : MergeResult;

    /// <summary>Nothing was changed; the pull request stays open.</summary>
    /// <param name="Reason">One line: what stands against it and what to do.</param>
    /// <param name="Conflicts">Paths that both sides changed.</param>
    public sealed record Refused(string Reason, IReadOnlyList<string> Conflicts) : MergeResult;
}

/// <summary>How closing ended.</summary>
public abstract record CloseResult
{
    private CloseResult()
    {
    }

    /// <summary>It is closed.</summary>
    public sealed record Closed : CloseResult;

    /// <summary>It cannot be closed.</summary>
    /// <param name="Reason">One line for people.</param>
    public sealed record Refused(string Reason) : CloseResult;
}
