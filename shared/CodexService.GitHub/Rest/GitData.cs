using CodexService.GitHub.Transport;

namespace CodexService.GitHub.Rest;

internal sealed class GitData(RepositoryCalls calls) : IGitData
{
    public async Task<string?> GetBranchAsync(string branch, CancellationToken cancellationToken) =>
        (await calls.FindAsync<Reference>($"git/ref/heads/{RepositoryCalls.Escape(branch)}", $"read branch {branch}", cancellationToken))?.Object.Sha;

    public Task CreateBranchAsync(string branch, string commit, CancellationToken cancellationToken) =>
        PostAsync<Reference>("git/refs", new { @ref = $"refs/heads/{branch}", sha = commit }, $"make branch {branch}", isRepeatable: false, cancellationToken);

    public Task UpdateBranchAsync(string branch, string commit, bool force, CancellationToken cancellationToken) =>
        calls.SendAsync(
            new GitHubRequest(HttpMethod.Patch, calls.Path($"git/refs/heads/{RepositoryCalls.Escape(branch)}"), $"move branch {branch}") { Body = new { sha = commit, force } },
            cancellationToken);

    public Task<GitCommit> GetCommitAsync(string sha, CancellationToken cancellationToken) =>
        calls.GetAsync<GitCommit>($"git/commits/{RepositoryCalls.Escape(sha)}", $"read commit {sha}", cancellationToken);

    public async Task<string> CreateBlobAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        (await PostAsync<GitObject>(
            "git/blobs", new { content = Convert.ToBase64String(content.Span), encoding = "base64" }, "store a file", isRepeatable: true, cancellationToken)).Sha;

    public async Task<string> CreateTreeAsync(string baseTree, IReadOnlyList<TreeChange> changes, CancellationToken cancellationToken)
    {
        // A deletion is an entry whose sha is null, and null is otherwise left out of the body.
        var entries = changes.Select(change => new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["path"] = change.Path,
            ["mode"] = change.Mode,
            ["type"] = change.Mode == "160000" ? "commit" : "blob",
            ["sha"] = change.Blob,
        });
        var tree = await PostAsync<GitObject>("git/trees", new { base_tree = baseTree, tree = entries }, "make a tree", isRepeatable: true, cancellationToken);
        return tree.Sha;
    }

    public async Task<string> CreateCommitAsync(string message, string tree, IReadOnlyList<string> parents, CancellationToken cancellationToken) =>
        (await PostAsync<GitObject>("git/commits", new { message, tree, parents }, "make a commit", isRepeatable: true, cancellationToken)).Sha;

    private Task<T> PostAsync<T>(string rest, object body, string does, bool isRepeatable, CancellationToken cancellationToken) =>
        calls.SendAsync<T>(new GitHubRequest(HttpMethod.Post, calls.Path(rest), does) { Body = body, IsRepeatable = isRepeatable }, cancellationToken);

    private sealed record Reference(GitObject Object);
}
