using CodexService.GitHub.Transport;

namespace CodexService.GitHub.Rest;

internal sealed class PullRequests(RepositoryCalls calls) : IPullRequests
{
    public Task<IReadOnlyList<PullRequestInfo>> ListByHeadAsync(string branch, CancellationToken cancellationToken) =>
        calls.ListAsync<PullRequestInfo>(
            $"pulls?state=all&head={Uri.EscapeDataString($"{calls.Repository.Owner}:{branch}")}&sort=created&direction=desc&per_page=100", $"look for pull requests of {branch}", cancellationToken);

    public Task<PullRequestInfo> GetAsync(int number, CancellationToken cancellationToken) =>
        calls.GetAsync<PullRequestInfo>($"pulls/{number}", $"read pull request #{number}", cancellationToken);

    public Task<PullRequestInfo> CreateAsync(NewPullRequest pullRequest, CancellationToken cancellationToken) =>
        PostAsync<PullRequestInfo>("pulls", pullRequest, $"open the pull request of {pullRequest.Head}", cancellationToken);

    public Task<PullRequestInfo> UpdateAsync(int number, PullRequestUpdate update, CancellationToken cancellationToken) =>
        calls.SendAsync<PullRequestInfo>(
            new GitHubRequest(HttpMethod.Patch, calls.Path($"pulls/{number}"), $"change pull request #{number}") { Body = update }, cancellationToken);

    public async Task<string> MergeAsync(int number, string head, string title, string method, CancellationToken cancellationToken) =>
        (await calls.SendAsync<GitObject>(
            new GitHubRequest(HttpMethod.Put, calls.Path($"pulls/{number}/merge"), $"merge pull request #{number}")
            {
                Body = new { sha = head, commit_title = title, merge_method = method },
            },
            cancellationToken)).Sha;

    public Task MarkReadyAsync(PullRequestInfo pullRequest, CancellationToken cancellationToken) => !pullRequest.Draft
        ? Task.CompletedTask
        : calls.MutateAsync(
            "mutation($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) { clientMutationId } }",
            new { id = pullRequest.NodeId },
            $"mark pull request #{pullRequest.Number} as ready",
            cancellationToken);

    public Task RequestReviewersAsync(int number, IReadOnlyList<string> logins, CancellationToken cancellationToken) =>
        calls.SendAsync<PullRequestInfo>(
            new GitHubRequest(HttpMethod.Post, calls.Path($"pulls/{number}/requested_reviewers"), $"ask for reviews of #{number}") { Body = new { reviewers = logins }, IsRepeatable = true },
            cancellationToken);

    public Task<IReadOnlyList<ReviewComment>> ListReviewCommentsAsync(int number, CancellationToken cancellationToken) =>
        calls.ListEndsAsync<ReviewComment>($"pulls/{number}/comments", $"read the comments of #{number}", cancellationToken);

    public Task<IReadOnlyList<ReviewComment>> ListReviewCommentsAsync(int number, long review, CancellationToken cancellationToken) =>
        calls.ListAsync<ReviewComment>($"pulls/{number}/reviews/{review}/comments?per_page=100", $"read the comments of a review of #{number}", cancellationToken);

    public Task<ReviewComment> ReplyAsync(int number, long comment, string body, CancellationToken cancellationToken) =>
        PostAsync<ReviewComment>($"pulls/{number}/comments/{comment}/replies", new { body }, $"answer a comment of #{number}", cancellationToken);

    public Task ReactToReviewCommentAsync(long comment, string content, CancellationToken cancellationToken) => calls.SendAsync(
        new GitHubRequest(HttpMethod.Post, calls.Path($"pulls/comments/{comment}/reactions"), "react to a comment on a line") { Body = new { content }, IsRepeatable = true }, cancellationToken);

    public Task<IReadOnlyList<Review>> ListReviewsAsync(int number, CancellationToken cancellationToken) =>
        calls.ListAsync<Review>($"pulls/{number}/reviews?per_page=100", $"read the reviews of #{number}", cancellationToken);

    public Task<Review> CreateReviewAsync(int number, NewReview review, CancellationToken cancellationToken) =>
        PostAsync<Review>($"pulls/{number}/reviews", review, $"post the review of #{number}", cancellationToken);

    private Task<T> PostAsync<T>(string rest, object body, string does, CancellationToken cancellationToken) =>
        calls.SendAsync<T>(new GitHubRequest(HttpMethod.Post, calls.Path(rest), does) { Body = body }, cancellationToken);
}
