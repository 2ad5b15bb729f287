using CodexService.GitHub.Transport;

namespace CodexService.GitHub.Rest;

internal sealed class CheckRuns(RepositoryCalls calls) : ICheckRuns
{
    public Task<IReadOnlyList<CheckRun>> ListAsync(string commit, string? name, CancellationToken cancellationToken) => calls.ListAsync<CheckRunList, CheckRun>(
        $"commits/{RepositoryCalls.Escape(commit)}/check-runs?per_page=100{(name is null ? "" : $"&check_name={Uri.EscapeDataString(name)}")}",
        page => page.CheckRuns,
        "read the checks",
        cancellationToken);

    public Task<IReadOnlyList<CheckAnnotation>> ListAnnotationsAsync(long id, CancellationToken cancellationToken) =>
        calls.ListAsync<CheckAnnotation>($"check-runs/{id}/annotations?per_page=100", "read what a check marked", cancellationToken);

    public Task<CheckRun> CreateAsync(NewCheckRun run, CancellationToken cancellationToken) =>
        calls.SendAsync<CheckRun>(new GitHubRequest(HttpMethod.Post, calls.Path("check-runs"), $"make the check {run.Name}") { Body = run }, cancellationToken);

    public Task<CheckRun> UpdateAsync(long id, CheckRunUpdate update, CancellationToken cancellationToken) =>
        calls.SendAsync<CheckRun>(new GitHubRequest(HttpMethod.Patch, calls.Path($"check-runs/{id}"), "change the check") { Body = update }, cancellationToken);

    private sealed record CheckRunList(IReadOnlyList<CheckRun> CheckRuns);
}
