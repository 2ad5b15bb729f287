using CodexService.Testing;

namespace CodexService.Integration.Tests.Repositories;

/// <summary>What a person would look up in the target repository.</summary>
internal static class GitFacts
{
    /// <summary>Branches that the service made.</summary>
    public static string[] CodexBranches(this TestRepository repository) =>
        repository.Git("for-each-ref", "--format=%(refname:short)", "refs/heads/codex/").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Commits that <paramref name="branch"/> has on top of main.</summary>
    public static string[] CommitsAhead(this TestRepository repository, string branch) =>
        repository.Git("rev-list", $"main..{branch}").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Asserts what a single successful publication leaves: one branch with one commit.</summary>
    public static void AssertPublishedOnce(this TestRepository repository, string branch, string headCommit)
    {
        Assert.Equal([branch], repository.CodexBranches());
        Assert.Equal([headCommit], repository.CommitsAhead(branch));
    }
}
