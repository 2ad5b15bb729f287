using System.Net.Http.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Client;

/// <content>Calls that steer a running task.</content>
internal sealed partial class CodexClient
{
    public Task<TaskDetail> PauseAsync(Guid id, CancellationToken cancellationToken) =>
        PostAsync<TaskDetail>($"/api/tasks/{id}/pause", cancellationToken);

    public Task<TaskDetail> ResumeAsync(Guid id, CancellationToken cancellationToken) =>
        PostAsync<TaskDetail>($"/api/tasks/{id}/resume", cancellationToken);

    public Task<TaskMessageInfo> SayAsync(Guid id, SendMessageRequest message, CancellationToken cancellationToken) =>
        PostAsync<TaskMessageInfo>($"/api/tasks/{id}/messages", message, cancellationToken);

    public Task<TaskDetail> ApprovePlanAsync(Guid id, ApprovePlanRequest approval, CancellationToken cancellationToken) =>
        PostAsync<TaskDetail>($"/api/tasks/{id}/plan/approve", approval, cancellationToken);

    private async Task<T> PostAsync<T>(string path, object body, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(
            once,
            () =>
            {
                var request = Request(HttpMethod.Post, path);
                request.Content = JsonContent.Create(body, body.GetType(), options: JsonConventions.Options);
                return request;
            },
            cancellationToken);
        return await ReadAsync<T>(response, cancellationToken);
    }
}
