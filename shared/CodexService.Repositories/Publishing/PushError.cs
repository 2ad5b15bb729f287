using CodexService.Repositories.Git;

namespace CodexService.Repositories.Publishing;

/// <summary>Finds the reason in what a refused push says.</summary>
internal static class PushError
{
    public static string From(GitResult push)
    {
        // ! [remote rejected] abc -> main (Working directory has unstaged changes)
        var rejected = push.StandardError.Split('\n').FirstOrDefault(line => line.Contains("rejected]", StringComparison.Ordinal));
        var open = rejected?.LastIndexOf('(') ?? -1;
        return open < 0 ? push.ErrorLine : rejected![(open + 1)..].TrimEnd().TrimEnd(')');
    }

    /// <summary>Whether the repository itself said no; otherwise it may answer another time.</summary>
    public static bool IsRefusal(GitResult push) => push.StandardError.Contains("rejected]", StringComparison.Ordinal);

    /// <summary>Whether the branch is checked out where it was pushed to.</summary>
    public static bool IsCheckedOut(GitResult push) => push.StandardError.Contains("currently checked out", StringComparison.Ordinal);

    /// <summary>Whether the branch moved between reading and pushing.</summary>
    public static bool IsStale(GitResult push) =>
        push.StandardError.Contains("stale info", StringComparison.Ordinal) ||
        push.StandardError.Contains("fetch first", StringComparison.Ordinal) ||
        push.StandardError.Contains("non-fast-forward", StringComparison.Ordinal) ||
        push.StandardError.Contains("failed to update ref", StringComparison.Ordinal) ||
        push.StandardError.Contains("cannot lock ref", StringComparison.Ordinal) ||
        push.StandardError.Contains("incorrect old value", StringComparison.Ordinal);
}
