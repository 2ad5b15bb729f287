namespace CodexService.PullRequests.Tests.FollowUps;

/// <summary>What GitHub tells of an issue, said at a time.</summary>
internal static class IssuePayloads
{
    public static object Labeled(int number, string? at, string sender = "ana", string action = "labeled", string label = "codex") => new
    {
        action,
        label = new { name = label },
        issue = Issue(number, at, label),
        repository = GitHubWorld.Repo,
        sender = GitHubWorld.User(sender),
    };

    public static object Assigned(int number, string? at) => new
    {
        action = "assigned",
        assignee = GitHubWorld.User("codex[bot]"),
        issue = Issue(number, at),
        repository = GitHubWorld.Repo,
        sender = GitHubWorld.User("bo"),
    };

    public static object Said(int number, long id, string? at, string body, bool onPullRequest = false) => new
    {
        action = "created",
        issue = onPullRequest
            ? new { number, title = "Page 2 repeats users", body = "Steps", state = "open", user = GitHubWorld.User("cy"), pull_request = new { url = "x" } }
            : Issue(number, at),
        comment = new { id, body, user = GitHubWorld.User("ana"), created_at = at },
        repository = GitHubWorld.Repo,
        sender = GitHubWorld.User("ana"),
    };

    private static object Issue(int number, string? at, string label = "codex") => new
    {
        number, title = "Page 2 repeats users", body = "Steps", state = "open", user = GitHubWorld.User("cy"), updated_at = at, labels = new[] { new { name = label } },
    };
}
