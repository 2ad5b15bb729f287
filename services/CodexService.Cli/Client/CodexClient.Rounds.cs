using System.Net.Http.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Client;

/// <content>More work on a task that has ended.</content>
internal sealed partial class CodexClient
{
    public Task<TaskDetail> FollowUpAsync(Guid id, FollowUpRequest request, CancellationToken cancellationToken) =>
        PostAsync<TaskDetail, FollowUpRequest>($"/api/tasks/{id}/follow-ups", request, cancellationToken);

    public Task<TaskDetail> ContinueAsync(Guid id, ContinueTaskRequest request, CancellationToken cancellationToken) =>
        PostAsync<TaskDetail, ContinueTaskRequest>($"/api/tasks/{id}/continue", request, cancellationToken);

    private async Task<TAnswer> PostAsync<TAnswer, TBody>(string path, TBody body, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(
            once,
            () =>
            {
                var request = Request(HttpMethod.Post, path);
                request.Content = JsonContent.Create(body, options: JsonConventions.Options);
                return request;
            },
            cancellationToken);
        return await ReadAsync<TAnswer>(response, cancellationToken);
    }
}
