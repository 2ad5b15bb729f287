using CodexService.GitHub.Transport;

namespace CodexService.GitHub.Rest;

internal sealed class GitHubRepository(RepositoryCalls calls) : IGitHubRepository
{
    public RepositoryName Name => calls.Repository;

    public IGitData Git { get; } = new GitData(calls);

    public IPullRequests PullRequests { get; } = new PullRequests(calls);

    public IIssues Issues { get; } = new Issues(calls);

    public ICheckRuns Checks { get; } = new CheckRuns(calls);

    public ICommitStatuses Statuses { get; } = new CommitStatuses(calls);

    public Task<RepositoryInfo> GetAsync(CancellationToken cancellationToken) => calls.GetAsync<RepositoryInfo>("", $"read {Name}", cancellationToken);

    public async Task<byte[]?> ReadFileAsync(string path, string reference, CancellationToken cancellationToken)
    {
        var file = await calls.FindAsync<FileContent>(
            $"contents/{RepositoryCalls.Escape(path)}?ref={Uri.EscapeDataString(reference)}", $"read {path} of {Name}", cancellationToken);
        if (file is null)
        {
            return null;
        }

        // Above a megabyte GitHub leaves the content out; its blob has it.
        if (file.Encoding != "base64" && file.Sha is { } sha)
        {
            file = await calls.GetAsync<FileContent>($"git/blobs/{sha}", $"read {path} of {Name}", cancellationToken);
        }

        return Convert.FromBase64String(file.Content ?? "");
    }

    public async Task<string> GetPermissionAsync(string login, CancellationToken cancellationToken) =>
        (await calls.FindAsync<Permission>($"collaborators/{Uri.EscapeDataString(login)}/permission", $"ask what {login} may do in {Name}", cancellationToken))?.Name ?? "none";

    public Task<string> GetTokenAsync(CancellationToken cancellationToken) => calls.TokenAsync(cancellationToken);

    private sealed record FileContent(string? Content, string? Encoding, string? Sha);

    private sealed record Permission([property: System.Text.Json.Serialization.JsonPropertyName("permission")] string Name);
}
