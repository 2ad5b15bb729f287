using CodexService.Repositories.Patches;

namespace CodexService.Repositories.Publishing;

/// <summary>Who made a commit.</summary>
/// <param name="Name">Name.</param>
/// <param name="Email">E-mail address.</param>
public sealed record CommitIdentity(string Name, string Email)
{
    /// <summary>The service itself.</summary>
    public static CommitIdentity Service { get; } = new("Codex Service", "codex-service@localhost");

    /// <summary>Name and address with everything taken out that would break a commit header.</summary>
    internal CommitIdentity Cleaned() => new(Clean(Name, "unknown"), Clean(Email, "unknown"));

    private static string Clean(string text, string otherwise)
    {
        var clean = string.Concat(text.Where(c => !char.IsControl(c) && c is not ('<' or '>'))).Trim();
        return clean.Length == 0 ? otherwise : clean;
    }
}

/// <summary>A branch to make. The same request always makes the same commit, so it can be repeated after a crash.</summary>
/// <param name="Address">Target repository.</param>
/// <param name="BaseCommit">Full id of the commit that the patch applies to.</param>
/// <param name="Patch">Unified diff, as exported; hostile input.</param>
/// <param name="Branch">Name of the branch, without <c>refs/heads/</c>; must start with <c>codex/</c>.</param>
/// <param name="Message">Commit message.</param>
/// <param name="At">Date of the commit.</param>
public sealed record PublishRequest(
    RepositoryAddress Address,
    string BaseCommit,
    string Patch,
    string Branch,
    string Message,
    DateTimeOffset At)
{
    /// <summary>Author and committer. Default: the service.</summary>
    public CommitIdentity Identity { get; init; } = CommitIdentity.Service;

    /// <summary>How large the patch may be.</summary>
    public PatchLimits Limits { get; init; } = PatchLimits.Default;

    /// <summary>
    /// A commit of the base branch that is merged: the patch is then on top of the merge of <see cref="BaseCommit"/> and this one,
    /// and the new commit has both as parents. Default <see langword="null"/>.
    /// </summary>
    public string? MergedCommit { get; init; }

    /// <summary>
    /// The commit that the branch is expected at, to be moved to the new one, whether or not that builds on it. What others
    /// committed on top of it meanwhile stays, and the change goes on top of that. <see langword="null"/> makes a branch that is not
    /// there yet.
    /// </summary>
    public string? ExpectedHead { get; init; }
}

/// <summary>A branch that is in the target repository now.</summary>
/// <param name="Branch">Its name.</param>
/// <param name="Commit">Its commit.</param>
/// <param name="Held">Paths that a person must look at before approving.</param>
/// <param name="Adopted">Whether it was there already with the same change, from an earlier try.</param>
public sealed record PublishedBranch(string Branch, string Commit, IReadOnlyList<string> Held, bool Adopted)
{
    /// <summary>Whether somebody had pushed to the branch, and the change was put on top of their commits.</summary>
    public bool Rebased { get; init; }
}
