using System.Collections.Concurrent;
using CodexService.GitHub;
using CodexService.GitHub.Rest;

namespace CodexService.PullRequests.Tests.FollowUps;

/// <summary>A fake: GitHub in memory, as far as follow-ups read it and comment. Every other call fails the test.</summary>
internal sealed class FakeGitHub
{
    public const string Url = "https://github.example.com/acme/shop";

    /// <summary>What people may do; the rest may read.</summary>
    public ConcurrentDictionary<string, string> Permissions { get; } = new(StringComparer.OrdinalIgnoreCase) { ["ana"] = "write", ["bo"] = "admin" };

    public ConcurrentDictionary<int, PullRequestInfo> Pulls { get; } = new();

    /// <summary>Comments on lines by pull request, each with the review that brought it.</summary>
    public ConcurrentDictionary<int, List<(long Review, ReviewComment Comment)>> Lines { get; } = new();

    public ConcurrentDictionary<string, List<CheckRun>> Runs { get; } = new();

    public ConcurrentDictionary<long, List<CheckAnnotation>> Marks { get; } = new();

    public ConcurrentDictionary<int, List<IssueComment>> Said { get; } = new();

    /// <summary>As the service sees it.</summary>
    public IGitHub Service => Fake<IGitHub>.Of(new Account(this));

    private sealed class Account(FakeGitHub world)
    {
        public static GitHubAccess Access => GitHubAccess.App;

        public IGitHubRepository Repository(RepositoryName name) => Fake<IGitHubRepository>.Of(new ShopRepository(world));

        public static Task<GitHubApp?> GetAppAsync(CancellationToken cancellationToken) => Task.FromResult<GitHubApp?>(new GitHubApp("codex", Url));
    }

    private sealed class ShopRepository(FakeGitHub world)
    {
        public static RepositoryName Name => RepositoryName.Parse("acme/shop");

        public IPullRequests PullRequests => Fake<IPullRequests>.Of(new Requests(world));

        public IGitData Git => Fake<IGitData>.Of(new Branches(world));

        public IIssues Issues => Fake<IIssues>.Of(new Comments(world));

        public ICheckRuns Checks => Fake<ICheckRuns>.Of(new CheckResults(world));

        public static Task<RepositoryInfo> GetAsync(CancellationToken cancellationToken) =>
            Task.FromResult(new RepositoryInfo(1, "acme/shop", "main", Private: false, Archived: false, Url, $"{Url}.git"));

        public static Task<byte[]?> ReadFileAsync(string path, string reference, CancellationToken cancellationToken) => Task.FromResult<byte[]?>("test_command: make test\n"u8.ToArray());

        public Task<string> GetPermissionAsync(string login, CancellationToken cancellationToken) => Task.FromResult(world.Permissions.GetValueOrDefault(login, "read"));
    }

    private sealed class Branches(FakeGitHub world)
    {
        public Task<string?> GetBranchAsync(string branch, CancellationToken cancellationToken) =>
            Task.FromResult(world.Pulls.Values.FirstOrDefault(pull => pull.Head.Ref == branch && pull.State == "open")?.Head.Sha);
    }

    private sealed class Requests(FakeGitHub world)
    {
        public Task<PullRequestInfo> GetAsync(int number, CancellationToken cancellationToken) => Task.FromResult(world.Pulls[number]);

        public Task<IReadOnlyList<ReviewComment>> ListReviewCommentsAsync(int number, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<ReviewComment>>([.. world.Lines.GetValueOrDefault(number, []).Select(line => line.Comment)]);

        // As GitHub: a review's own list does not tell the lines.
        public Task<IReadOnlyList<ReviewComment>> ListReviewCommentsAsync(int number, long review, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<ReviewComment>>([.. world.Lines.GetValueOrDefault(number, []).Where(line => line.Review == review).Select(line => line.Comment with { Line = null })]);
    }

    private sealed class CheckResults(FakeGitHub world)
    {
        public Task<IReadOnlyList<CheckRun>> ListAsync(string commit, string? name, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<CheckRun>>([.. world.Runs.GetValueOrDefault(commit, [])]);

        public Task<IReadOnlyList<CheckAnnotation>> ListAnnotationsAsync(long id, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<CheckAnnotation>>([.. world.Marks.GetValueOrDefault(id, [])]);
    }

    private sealed class Comments(FakeGitHub world)
    {
        public Task<IReadOnlyList<IssueComment>> ListCommentsAsync(int number, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<IssueComment>>([.. world.Said.GetValueOrDefault(number, [])]);

        public Task<IssueComment> CreateCommentAsync(int number, string body, CancellationToken cancellationToken)
        {
            var said = world.Said.GetOrAdd(number, _ => []);
            var comment = new IssueComment((number * 1000L) + said.Count, body, new UserInfo("codex[bot]", "Bot"), Url);
            said.Add(comment);
            return Task.FromResult(comment);
        }
    }
}
