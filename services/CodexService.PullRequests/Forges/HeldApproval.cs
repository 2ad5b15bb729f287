namespace CodexService.PullRequests.Forges;

/// <summary>Paths that a forge held back from a pull request, and that a person with write access approved.</summary>
/// <param name="PullRequest">The open pull request; its head is where the branch was when the person approved.</param>
/// <param name="Paths">The held paths.</param>
/// <param name="Changes">The changes that the branch was made of, oldest first, each with what was held back from it.</param>
/// <param name="ApprovedBy">Login of the person.</param>
public sealed record HeldApproval(PullRequestReference PullRequest, IReadOnlyList<string> Paths, IReadOnlyList<HeldChange> Changes, string ApprovedBy)
{
    /// <summary>Id of that account, where it is known.</summary>
    public long? ApprovedById { get; init; }
}

/// <summary>A change that was published.</summary>
/// <param name="BaseCommit">Commit that it applies to.</param>
/// <param name="Patch">The whole patch, held paths included.</param>
public sealed record HeldChange(string BaseCommit, string Patch)
{
    /// <summary>The base branch's commit that was merged, as in <see cref="PullRequestDraft.MergedCommit"/>.</summary>
    public string? MergedCommit { get; init; }
}

/// <summary>Approved paths that a person has to put on the branch.</summary>
/// <param name="Paths">The paths.</param>
/// <param name="Reason">Why the service does not; one line for people.</param>
/// <param name="Patch">What <c>git apply</c> takes on the branch.</param>
public sealed record PatchByHand(IReadOnlyList<string> Paths, string Reason, string Patch);

/// <summary>How an approval ended.</summary>
public abstract record ApproveResult
{
    private ApproveResult()
    {
    }

    /// <summary>The paths are on the branch.</summary>
    /// <param name="HeadCommit">Commit of the branch.</param>
    public sealed record Approved(string HeadCommit) : ApproveResult
    {
        /// <summary>What the forge lets only people write; <see langword="null"/> when all is on the branch.</summary>
        public PatchByHand? ByHand { get; init; }
    }

    /// <summary>This forge holds nothing back: the paths are on the branch, and people look at them before the merge.</summary>
    public sealed record NothingHeld : ApproveResult;

    /// <summary>They cannot be added.</summary>
    /// <param name="Reason">One line for people.</param>
    public sealed record Refused(string Reason) : ApproveResult;
}
