namespace CodexService.GitHub.Rest;

/// <summary>Ways to bring a pull request to its base.</summary>
public static class MergeMethods
{
    /// <summary>With a merge commit.</summary>
    public const string Merge = "merge";

    /// <summary>As one commit.</summary>
    public const string Squash = "squash";

    /// <summary>Commit by commit, each made anew.</summary>
    public const string Rebase = "rebase";

    /// <summary>Those that the repository allows, the first one best; all where the credentials may not see it.</summary>
    public static IReadOnlyList<string> Of(RepositoryInfo repository)
    {
        List<string> allowed = [];
        Add(repository.AllowMergeCommit, Merge);
        Add(repository.AllowSquashMerge, Squash);
        Add(repository.AllowRebaseMerge, Rebase);
        return allowed.Count > 0 ? allowed : [Merge];

        void Add(bool? isAllowed, string method)
        {
            if (isAllowed != false)
            {
                allowed.Add(method);
            }
        }
    }
}
