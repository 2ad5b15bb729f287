using CodexService.Contracts.Api;

namespace CodexService.Cli.Client;

/// <content>The attempts of a task, one by one.</content>
internal sealed partial class CodexClient
{
    public async Task<string> GetPatchAsync(Guid id, int? attempt, CancellationToken cancellationToken)
    {
        if (attempt is null)
        {
            return await GetPatchAsync(id, cancellationToken);
        }

        using var response = await SendAsync(safe, () => Request(HttpMethod.Get, $"/api/tasks/{id}/attempts/{attempt}/patch"), cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    public Task<TaskDetail> ChooseAsync(Guid id, int attempt, CancellationToken cancellationToken) =>
        PostAsync<TaskDetail>($"/api/tasks/{id}/attempts/{attempt}/choose", cancellationToken);
}
