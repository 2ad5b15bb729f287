using System.Net;
using CodexService.GitHub;
using CodexService.GitHub.Rest;

namespace CodexService.PullRequests.Tests.Reviewing;

/// <summary>The reviews of one pull request on a GitHub that a test plays: it takes comments on some lines only, and breaks when told to.</summary>
internal sealed class ScriptedGitHub : IGitHub, IGitHubRepository, IPullRequests
{
    public GitHubAccess Access { get; set; } = GitHubAccess.App;

    public Uri ApiUrl { get; } = new("https://api.example.com/");

    public RepositoryName Name { get; private set; } = RepositoryName.Parse("acme/shop");

    /// <summary>Id of the repository that is there now.</summary>
    public long Id { get; set; } = 1;

    /// <summary>What it is called now.</summary>
    public string FullName { get; set; } = "acme/shop";

    /// <summary>What stands on the pull request.</summary>
    public List<(Review Review, NewReview Posted)> Reviews { get; } = [];

    /// <summary>Lines of <c>app.py</c> that the diff on GitHub shows.</summary>
    public HashSet<int> Lines { get; } = [2, 3, 4];

    /// <summary>Head of the pull request.</summary>
    public string Head { get; set; } = new('b', 40);

    /// <summary>What happens before a review is taken.</summary>
    public Func<Task>? BeforePosting { get; set; }

    /// <summary>Thrown after the next review was taken, as when the answer is lost.</summary>
    public Exception? AfterPosting { get; set; }

    /// <summary>Thrown by the next call.</summary>
    public Exception? Failure { get; set; }

    public PullRequestInfo? Pull { get; set; }

    public IPullRequests PullRequests => this;

    public IGitData Git => throw new NotSupportedException();

    public IIssues Issues => throw new NotSupportedException();

    public ICheckRuns Checks => throw new NotSupportedException();

    public Task<GitHubAccount> GetAccountAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public IGitHubRepository Repository(RepositoryName name)
    {
        Name = name;
        return this;
    }

    public Task<IReadOnlyList<Review>> ListReviewsAsync(int number, CancellationToken cancellationToken)
    {
        ThrowOnce();
        return Task.FromResult<IReadOnlyList<Review>>([.. Reviews.Select(one => one.Review)]);
    }

    public async Task<Review> CreateReviewAsync(int number, NewReview review, CancellationToken cancellationToken)
    {
        await (BeforePosting?.Invoke() ?? Task.CompletedTask);
        ThrowOnce();
        if (review.CommitId != Head || review.Comments.Any(comment => comment.Path != "app.py" || !Lines.Contains(comment.Line) || !Lines.Contains(comment.StartLine ?? comment.Line)))
        {
            throw new GitHubException(GitHubFailure.Refused, "GitHub refused to post the review: a line is not part of the diff") { Status = HttpStatusCode.UnprocessableEntity };
        }

        var posted = new Review(Reviews.Count + 1, review.Body, "COMMENTED", $"https://example.com/acme/shop/pull/{number}#review-{Reviews.Count + 1}");
        Reviews.Add((posted, review));
        return AfterPosting is { } lost ? throw lost : posted;
    }

    public Task<PullRequestInfo> GetAsync(int number, CancellationToken cancellationToken) =>
        Task.FromResult(Pull ?? new PullRequestInfo(number, "open", "Title", null, $"https://example.com/acme/shop/pull/{number}", new PullRequestBranch("topic", Head), new PullRequestBranch("main", new string('a', 40))));

    public Task<GitHubApp?> GetAppAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<string> GetLoginAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task ReactToReviewCommentAsync(long comment, string content, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<string?> MintReadTokenAsync(RepositoryName repository, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<AppInstallation>?> ListInstallationsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<HookDelivery>> ListFailedDeliveriesAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RedeliverAsync(long id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ConnectedApp> ConnectAppAsync(string code, Uri? publicUrl, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<RepositoryInfo> IGitHubRepository.GetAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new RepositoryInfo(Id, FullName, "main", Private: false, Archived: false, $"https://example.com/{FullName}", $"https://example.com/{FullName}.git"));

    public Task<byte[]?> ReadFileAsync(string path, string reference, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<string> GetPermissionAsync(string login, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<PullRequestInfo>> ListByHeadAsync(string branch, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<PullRequestInfo> CreateAsync(NewPullRequest pullRequest, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<PullRequestInfo> UpdateAsync(int number, PullRequestUpdate update, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<string> MergeAsync(int number, string head, string title, string method, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RequestReviewersAsync(int number, IReadOnlyList<string> logins, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<ReviewComment>> ListReviewCommentsAsync(int number, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ReviewComment> ReplyAsync(int number, long comment, string body, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ICommitStatuses Statuses => throw new NotSupportedException();

    public Task<string> GetTokenAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task MarkReadyAsync(PullRequestInfo pullRequest, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<ReviewComment>> ListReviewCommentsAsync(int number, long review, CancellationToken cancellationToken) => throw new NotSupportedException();

    private void ThrowOnce()
    {
        if (Failure is { } failure)
        {
            Failure = null;
            throw failure;
        }
    }
}
