using CodexService.GitHub.Transport;

namespace CodexService.GitHub.Rest;

internal sealed class CommitStatuses(RepositoryCalls calls) : ICommitStatuses
{
    public Task CreateAsync(string commit, NewCommitStatus status, CancellationToken cancellationToken) => calls.SendAsync(
        new GitHubRequest(HttpMethod.Post, calls.Path($"statuses/{RepositoryCalls.Escape(commit)}"), $"set the status {status.Context}") { Body = status, IsRepeatable = true },
        cancellationToken);
}
