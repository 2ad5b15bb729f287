using CodexService.GitHub.Credentials;
using CodexService.GitHub.Transport;

namespace CodexService.GitHub.Rest;

/// <summary>Sends calls on one repository with a token that is good for it.</summary>
internal sealed class RepositoryCalls(RepositoryName repository, GitHubTransport transport, IAccessTokens tokens)
{
    private const int MostEntries = 1000;

    public RepositoryName Repository => repository;

    /// <summary>Path below the repository.</summary>
    public string Path(string rest) => rest.Length == 0 ? $"repos/{repository}" : $"repos/{repository}/{rest}";

    /// <summary>A branch, path or other foreign text as part of an address; its slashes stay.</summary>
    public static string Escape(string text) => string.Join('/', text.Split('/').Select(Uri.EscapeDataString));

    public Task<T> GetAsync<T>(string rest, string does, CancellationToken cancellationToken) =>
        SendAsync<T>(new GitHubRequest(HttpMethod.Get, Path(rest), does), cancellationToken);

    /// <summary>The answer, or nothing where GitHub finds nothing.</summary>
    public async Task<T?> FindAsync<T>(string rest, string does, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await GetAsync<T>(rest, does, cancellationToken);
        }
        catch (GitHubException e) when (e.Failure == GitHubFailure.NotFound)
        {
            return null;
        }
    }

    public Task<IReadOnlyList<T>> ListAsync<T>(string rest, string does, CancellationToken cancellationToken) => ListAsync<List<T>, T>(rest, page => page, does, cancellationToken);

    /// <summary>All entries of a list whose pages are objects.</summary>
    public Task<IReadOnlyList<T>> ListAsync<TPage, T>(string rest, Func<TPage, IReadOnlyList<T>> entries, string does, CancellationToken cancellationToken) =>
        WithTokenAsync(token => transport.ListAsync(new GitHubRequest(HttpMethod.Get, Path(rest), does), token, MostEntries, entries, cancellationToken), cancellationToken);

    /// <summary>Entries of a list that people write to: all, or the oldest 100 and the newest 900.</summary>
    public Task<IReadOnlyList<T>> ListEndsAsync<T>(string rest, string does, CancellationToken cancellationToken) =>
        WithTokenAsync(token => LongLists.ReadAsync<T>(transport, new GitHubRequest(HttpMethod.Get, Path($"{rest}?per_page=100"), does), token, MostEntries / 100, cancellationToken), cancellationToken);

    public Task<T> SendAsync<T>(GitHubRequest request, CancellationToken cancellationToken) =>
        WithTokenAsync(token => transport.SendAsync<T>(request, token, cancellationToken), cancellationToken);

    public Task SendAsync(GitHubRequest request, CancellationToken cancellationToken) =>
        WithTokenAsync(token => transport.SendAsync(request, token, cancellationToken), cancellationToken);

    /// <summary>The token itself, for git.</summary>
    public async Task<string> TokenAsync(CancellationToken cancellationToken) => await tokens.ForAsync(repository, cancellationToken);

    /// <summary>One GraphQL call, for the few things that the REST API does not do.</summary>
    public async Task MutateAsync(string mutation, object variables, string does, CancellationToken cancellationToken)
    {
        var answer = await SendAsync<GraphQlAnswer>(
            new GitHubRequest(HttpMethod.Post, transport.GraphQlPath, does) { Body = new { query = mutation, variables }, IsRepeatable = true }, cancellationToken);
        if (answer.Errors is [var error, ..])
        {
            throw new GitHubException(error.Type == "FORBIDDEN" ? GitHubFailure.Permission : GitHubFailure.Refused, $"GitHub refused to {does}: {GitHubErrors.Line(error.Message ?? "no reason given")}");
        }
    }

    private async Task<T> WithTokenAsync<T>(Func<string, Task<T>> call, CancellationToken cancellationToken)
    {
        var token = await tokens.ForAsync(repository, cancellationToken);
        try
        {
            return await call(token);
        }
        catch (GitHubException e) when (e.Failure == GitHubFailure.Credentials && tokens.Refused(repository, token))
        {
            return await call(await tokens.ForAsync(repository, cancellationToken));
        }
    }

    private sealed record GraphQlAnswer(IReadOnlyList<GraphQlError>? Errors);

    private sealed record GraphQlError(string? Message, string? Type);
}
