namespace CodexService.Repositories.Publishing;

/// <summary>A branch to merge into its base.</summary>
/// <param name="Address">Target repository.</param>
/// <param name="Branch">The branch that was reviewed, without <c>refs/heads/</c>.</param>
/// <param name="HeadCommit">The commit that was reviewed; nothing else is merged.</param>
/// <param name="BaseBranch">The branch that takes it.</param>
/// <param name="Message">Message of the merge commit.</param>
/// <param name="At">Date of the merge commit.</param>
public sealed record MergeRequest(
    RepositoryAddress Address,
    string Branch,
    string HeadCommit,
    string BaseBranch,
    string Message,
    DateTimeOffset At)
{
    /// <summary>Author and committer. Default: the service.</summary>
    public CommitIdentity Identity { get; init; } = CommitIdentity.Service;
}

/// <summary>How a merge ended.</summary>
/// <param name="Merged">Whether the base holds the change now.</param>
/// <param name="Commit">The commit on the base that brought it; <see langword="null"/> when refused.</param>
/// <param name="Reason">One line: why it was refused; empty when merged.</param>
/// <param name="Conflicts">Paths that both sides changed.</param>
public sealed record MergeOutcome(bool Merged, string? Commit, string Reason, IReadOnlyList<string> Conflicts)
{
    internal static MergeOutcome Done(string commit) => new(true, commit, "", []);

    internal static MergeOutcome Refused(string reason, IReadOnlyList<string>? conflicts = null) => new(false, null, reason, conflicts ?? []);
}
