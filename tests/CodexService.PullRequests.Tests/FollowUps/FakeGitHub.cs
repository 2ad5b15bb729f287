using System.Collections.Concurrent;
using System.Text;
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

    /// <summary>What reading checks of a head ends in; nothing for their answer.</summary>
    public ConcurrentDictionary<string, Exception> Trouble { get; } = new();

    /// <summary>What asking for the repository ends in; nothing for how it is.</summary>
    public Exception? RepositoryTrouble { get; set; }

    /// <summary>How often the repository was asked for.</summary>
    public int RepositoryAsked { get; private set; }

    /// <summary>What asking for a pull request ends in; nothing for how it is.</summary>
    public ConcurrentDictionary<int, Exception> Away { get; } = new();

    public ConcurrentDictionary<int, List<IssueComment>> Said { get; } = new();

    /// <summary>The repository's <c>.codex/config.yml</c>.</summary>
    public string Settings { get; set; } = "test_command: make test\n";

    /// <summary>That file on single branches; <see langword="null"/> where there is none.</summary>
    public ConcurrentDictionary<string, string?> SettingsOn { get; } = new(StringComparer.Ordinal);

    /// <summary>Issues as they are now, <see langword="null"/> for gone; the rest are open and bear the label.</summary>
    public ConcurrentDictionary<int, IssueInfo?> Issues { get; } = new();

    /// <summary>How often each issue was asked for.</summary>
    public ConcurrentDictionary<int, int> IssuesAsked { get; } = new();

    /// <summary>Branches that are no pull request's.</summary>
    public ConcurrentDictionary<string, string> Branches { get; } = new(StringComparer.Ordinal);

    /// <summary>Commits that are read.</summary>
    public ConcurrentDictionary<string, GitCommit> Commits { get; } = new(StringComparer.Ordinal);

    /// <summary>How often each pull request was asked for.</summary>
    public ConcurrentDictionary<int, int> Asked { get; } = new();

    /// <summary>What happens before somebody reads the comments of an issue.</summary>
    public Func<int, Task>? BeforeReading { get; set; }

    /// <summary>What got 👀, in order: <c>issue:7</c>, <c>comment:8</c>, <c>line:9</c>.</summary>
    public ConcurrentQueue<string> Reactions { get; } = new();

    /// <summary>What GitHub does about a reaction; nothing for taking it.</summary>
    public Func<CancellationToken, Task>? OnReaction { get; set; }

    /// <summary>What reading a file ends in; nothing for its answer.</summary>
    public Exception? FileTrouble { get; set; }

    /// <summary>As the service sees it.</summary>
    public IGitHub Service => Fake<IGitHub>.Of(new Account(this));

    private Task ReactAsync(string where, string content, CancellationToken cancellationToken)
    {
        Assert.Equal("eyes", content);
        Reactions.Enqueue(where);
        return OnReaction?.Invoke(cancellationToken) ?? Task.CompletedTask;
    }

    private sealed class Account(FakeGitHub world)
    {
        public static GitHubAccess Access => GitHubAccess.App;

        public static int Generation => 0;

        public static Uri ApiUrl { get; } = new("https://github.example.com/api/v3/");

        public IGitHubRepository Repository(RepositoryName name) => Fake<IGitHubRepository>.Of(new ShopRepository(world));

        public static Task<GitHubApp?> GetAppAsync(CancellationToken cancellationToken) => Task.FromResult<GitHubApp?>(new GitHubApp("codex", Url));

        public static Task<string> GetLoginAsync(CancellationToken cancellationToken) => Task.FromResult("codex[bot]");
    }

    private sealed class ShopRepository(FakeGitHub world)
    {
        public static RepositoryName Name => RepositoryName.Parse("acme/shop");

        public IPullRequests PullRequests => Fake<IPullRequests>.Of(new Requests(world));

        public IGitData Git => Fake<IGitData>.Of(new BranchHeads(world));

        public IIssues Issues => Fake<IIssues>.Of(new Comments(world));

        public ICheckRuns Checks => Fake<ICheckRuns>.Of(new CheckResults(world));

        public Task<RepositoryInfo> GetAsync(CancellationToken cancellationToken)
        {
            world.RepositoryAsked++;
            return world.RepositoryTrouble is { } trouble
                ? Task.FromException<RepositoryInfo>(trouble)
                : Task.FromResult(new RepositoryInfo(1, "acme/shop", "main", Private: false, Archived: false, Url, $"{Url}.git"));
        }

        public Task<byte[]?> ReadFileAsync(string path, string reference, CancellationToken cancellationToken) => world.FileTrouble is { } trouble
            ? Task.FromException<byte[]?>(trouble)
            : Task.FromResult((world.SettingsOn.TryGetValue(reference, out var other) ? other : world.Settings) is { } file ? Encoding.UTF8.GetBytes(file) : null);

        public static Task<string> GetTokenAsync(CancellationToken cancellationToken) => Task.FromResult("token");

        public Task<string> GetPermissionAsync(string login, CancellationToken cancellationToken) => Task.FromResult(world.Permissions.GetValueOrDefault(login, "read"));
    }

    private sealed class BranchHeads(FakeGitHub world)
    {
        public Task<GitCommit> GetCommitAsync(string commit, CancellationToken cancellationToken) => Task.FromResult(world.Commits[commit]);

        public Task<string?> GetBranchAsync(string branch, CancellationToken cancellationToken) =>
            Task.FromResult(world.Branches.GetValueOrDefault(branch) ?? world.Pulls.Values.FirstOrDefault(pull => pull.Head.Ref == branch && pull.State == "open")?.Head.Sha);
    }

    private sealed class Requests(FakeGitHub world)
    {
        public Task<PullRequestInfo> GetAsync(int number, CancellationToken cancellationToken)
        {
            world.Asked.AddOrUpdate(number, 1, (_, times) => times + 1);
            return world.Away.TryGetValue(number, out var away) ? Task.FromException<PullRequestInfo>(away) : Task.FromResult(world.Pulls[number]);
        }

        public Task ReactToReviewCommentAsync(long comment, string content, CancellationToken cancellationToken) => world.ReactAsync($"line:{comment}", content, cancellationToken);

        public Task<IReadOnlyList<ReviewComment>> ListReviewCommentsAsync(int number, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<ReviewComment>>([.. world.Lines.GetValueOrDefault(number, []).Select(line => line.Comment)]);

        // As GitHub: a review's own list does not tell the lines.
        public Task<IReadOnlyList<ReviewComment>> ListReviewCommentsAsync(int number, long review, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<ReviewComment>>([.. world.Lines.GetValueOrDefault(number, []).Where(line => line.Review == review).Select(line => line.Comment with { Line = null })]);
    }

    private sealed class CheckResults(FakeGitHub world)
    {
        public Task<IReadOnlyList<CheckRun>> ListAsync(string commit, string? name, CancellationToken cancellationToken) => world.Trouble.TryGetValue(commit, out var trouble)
            ? Task.FromException<IReadOnlyList<CheckRun>>(trouble)
            : Task.FromResult<IReadOnlyList<CheckRun>>([.. world.Runs.GetValueOrDefault(commit, [])]);

        public Task<IReadOnlyList<CheckAnnotation>> ListAnnotationsAsync(long id, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<CheckAnnotation>>([.. world.Marks.GetValueOrDefault(id, [])]);
    }

    private sealed class Comments(FakeGitHub world)
    {
        public Task<IssueInfo?> FindAsync(int number, CancellationToken cancellationToken)
        {
            world.IssuesAsked.AddOrUpdate(number, 1, (_, times) => times + 1);
            return Task.FromResult(world.Issues.TryGetValue(number, out var live) ? live : new IssueInfo(number, "open") { Labels = [new IssueLabel("codex")], Assignees = [new UserInfo("codex[bot]", "Bot")] });
        }

        public Task ReactAsync(int number, string content, CancellationToken cancellationToken) => world.ReactAsync($"issue:{number}", content, cancellationToken);

        public Task ReactToCommentAsync(long comment, string content, CancellationToken cancellationToken) => world.ReactAsync($"comment:{comment}", content, cancellationToken);

        public async Task<IReadOnlyList<IssueComment>> ListCommentsAsync(int number, CancellationToken cancellationToken)
        {
            await (world.BeforeReading?.Invoke(number) ?? Task.CompletedTask);
            return [.. world.Said.GetValueOrDefault(number, [])];
        }

        public Task<IssueComment> CreateCommentAsync(int number, string body, CancellationToken cancellationToken)
        {
            var said = world.Said.GetOrAdd(number, _ => []);
            var comment = new IssueComment((number * 1000L) + said.Count, body, new UserInfo("codex[bot]", "Bot"), Url);
            said.Add(comment);
            return Task.FromResult(comment);
        }
    }
}
