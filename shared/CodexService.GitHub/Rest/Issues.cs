using CodexService.GitHub.Transport;

namespace CodexService.GitHub.Rest;

internal sealed class Issues(RepositoryCalls calls) : IIssues
{
    public Task<IssueInfo?> FindAsync(int number, CancellationToken cancellationToken) =>
        calls.FindAsync<IssueInfo>($"issues/{number}", $"read #{number}", cancellationToken);

    public Task<IReadOnlyList<IssueComment>> ListCommentsAsync(int number, CancellationToken cancellationToken) =>
        calls.ListEndsAsync<IssueComment>($"issues/{number}/comments", $"read the comments of #{number}", cancellationToken);

    public Task<IssueComment> CreateCommentAsync(int number, string body, CancellationToken cancellationToken) =>
        calls.SendAsync<IssueComment>(Post($"issues/{number}/comments", new { body }, $"comment on #{number}"), cancellationToken);

    public Task<IssueComment> UpdateCommentAsync(long comment, string body, CancellationToken cancellationToken) =>
        calls.SendAsync<IssueComment>(new GitHubRequest(HttpMethod.Patch, calls.Path($"issues/comments/{comment}"), "change a comment") { Body = new { body } }, cancellationToken);

    public Task AddLabelsAsync(int number, IReadOnlyList<string> labels, CancellationToken cancellationToken) =>
        calls.SendAsync(Post($"issues/{number}/labels", new { labels }, $"label #{number}") with { IsRepeatable = true }, cancellationToken);

    public Task ReactAsync(int number, string content, CancellationToken cancellationToken) =>
        calls.SendAsync(Post($"issues/{number}/reactions", new { content }, $"react to #{number}") with { IsRepeatable = true }, cancellationToken);

    public Task ReactToCommentAsync(long comment, string content, CancellationToken cancellationToken) =>
        calls.SendAsync(Post($"issues/comments/{comment}/reactions", new { content }, "react to a comment") with { IsRepeatable = true }, cancellationToken);

    private GitHubRequest Post(string rest, object body, string does) => new(HttpMethod.Post, calls.Path(rest), does) { Body = body };
}
