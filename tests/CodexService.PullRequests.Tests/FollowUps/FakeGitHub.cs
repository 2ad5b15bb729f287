using System.Collections.Concurrent;
using CodexService.GitHub;
using CodexService.GitHub.Rest;

namespace CodexService.PullRequests.Tests.FollowUps;

/// <summary>A fake: GitHub in memory, as far as follow-ups read it and comment. Every other call fails the test.</summary>
internal sealed class FakeGitHub : IGitHub, IGitHubRepository, IPullRequests, IIssues, ICheckRuns
{
    public const string Url = "https://github.example.com/acme/shop";

    private int nextComment = 1_000_000;

    /// <summary>What people may do; the rest may read.</summary>
    public ConcurrentDictionary<string, string> Permissions { get; } = new(StringComparer.OrdinalIgnoreCase) { ["ana"] = "write", ["bo"] = "admin" };

    public ConcurrentDictionary<int, PullRequestInfo> Pulls { get; } = new();

    /// <summary>Comments on lines by pull request, each with the review that brought it.</summary>
    public ConcurrentDictionary<int, List<(long Review, ReviewComment Comment)>> Lines { get; } = new();

    public ConcurrentDictionary<string, List<CheckRun>> Runs { get; } = new();

    public ConcurrentDictionary<long, List<CheckAnnotation>> Marks { get; } = new();

    public ConcurrentDictionary<int, List<IssueComment>> Said { get; } = new();

    public RepositoryName Name => RepositoryName.Parse("acme/shop");

    public IGitData Git => throw new NotSupportedException();

    public IPullRequests PullRequests => this;

    public IIssues Issues => this;

    public ICheckRuns Checks => this;

    public IGitHubRepository Repository(RepositoryName name) => this;

    public Task<string?> GetAppNameAsync(CancellationToken cancellationToken) => Task.FromResult<string?>("codex");

    public Task<RepositoryInfo> GetAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new RepositoryInfo(1, "acme/shop", "main", Private: false, Archived: false, Url, $"{Url}.git"));

    public Task<byte[]?> ReadFileAsync(string path, string reference, CancellationToken cancellationToken) =>
        Task.FromResult<byte[]?>("test_command: make test\n"u8.ToArray());

    public Task<string> GetPermissionAsync(string login, CancellationToken cancellationToken) => Task.FromResult(Permissions.GetValueOrDefault(login, "read"));

    Task<PullRequestInfo> IPullRequests.GetAsync(int number, CancellationToken cancellationToken) => Task.FromResult(Pulls[number]);

    public Task<IReadOnlyList<ReviewComment>> ListReviewCommentsAsync(int number, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ReviewComment>>([.. Lines.GetValueOrDefault(number, []).Select(line => line.Comment)]);

    // As GitHub: a review's own list does not tell the lines.
    public Task<IReadOnlyList<ReviewComment>> ListReviewCommentsAsync(int number, long review, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ReviewComment>>([.. Lines.GetValueOrDefault(number, []).Where(line => line.Review == review).Select(line => line.Comment with { Line = null })]);

    public Task<IReadOnlyList<CheckRun>> ListAsync(string commit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<CheckRun>>([.. Runs.GetValueOrDefault(commit, [])]);

    public Task<IReadOnlyList<CheckAnnotation>> ListAnnotationsAsync(long id, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<CheckAnnotation>>([.. Marks.GetValueOrDefault(id, [])]);

    public Task<IReadOnlyList<IssueComment>> ListCommentsAsync(int number, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<IssueComment>>([.. Said.GetValueOrDefault(number, [])]);

    public Task<IssueComment> CreateCommentAsync(int number, string body, CancellationToken cancellationToken)
    {
        var comment = new IssueComment(Interlocked.Increment(ref nextComment), body, new UserInfo("codex[bot]", "Bot"), Url);
        Said.GetOrAdd(number, _ => []).Add(comment);
        return Task.FromResult(comment);
    }

    public Task<IReadOnlyList<PullRequestInfo>> ListByHeadAsync(string branch, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<PullRequestInfo> CreateAsync(NewPullRequest pullRequest, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<PullRequestInfo> UpdateAsync(int number, PullRequestUpdate update, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<string> MergeAsync(int number, string head, string title, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RequestReviewersAsync(int number, IReadOnlyList<string> logins, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ReviewComment> ReplyAsync(int number, long comment, string body, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Review> CreateReviewAsync(int number, NewReview review, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IssueInfo> IIssues.GetAsync(int number, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IssueComment> UpdateCommentAsync(long comment, string body, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task AddLabelsAsync(int number, IReadOnlyList<string> labels, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task ReactAsync(int number, string content, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task ReactToCommentAsync(long comment, string content, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<CheckRun> CreateAsync(NewCheckRun run, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<CheckRun> UpdateAsync(long id, CheckRunUpdate update, CancellationToken cancellationToken) => throw new NotSupportedException();
}
