using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;

namespace CodexService.Benchmarks.Running;

/// <summary>Submits and follows tasks as any client of the API does.</summary>
internal sealed class TaskClient(HttpClient http)
{
    public async Task<Guid> SubmitAsync(SubmitTaskRequest request, CancellationToken cancellationToken)
    {
        using var response = await http.PostAsJsonAsync("/api/tasks", request, JsonConventions.Options, cancellationToken);
        await RequireSuccessAsync(response, cancellationToken);
        return (await response.Content.ReadFromJsonAsync<TaskDetail>(JsonConventions.Options, cancellationToken))!.Summary.Id;
    }

    /// <summary>Follows the task's log until an entry fits, and returns that.</summary>
    /// <exception cref="InvalidOperationException">The task ended before.</exception>
    public async Task<TaskEventInfo> WaitForAsync(Guid task, Predicate<TaskEventInfo> wanted, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync($"/api/tasks/{task}/events", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await RequireSuccessAsync(response, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        TaskEventInfo? last = null;
        await foreach (var item in SseParser.Create(body).EnumerateAsync(cancellationToken))
        {
            if (item.EventType != "event")
            {
                continue;
            }

            last = JsonSerializer.Deserialize<TaskEventInfo>(item.Data, JsonConventions.Options)!;
            if (wanted(last))
            {
                return last;
            }

            if (last.Type == TaskEventTypes.TaskFinished)
            {
                break;
            }
        }

        throw new InvalidOperationException($"the task ended before what was waited for: {last?.Message}");
    }

    /// <summary>Cancels the task and waits until nothing of it runs.</summary>
    public async Task CancelAsync(Guid task, CancellationToken cancellationToken)
    {
        using var response = await http.PostAsync($"/api/tasks/{task}/cancel", null, cancellationToken);
        await RequireSuccessAsync(response, cancellationToken);
        await WaitForAsync(task, entry => entry.Type == TaskEventTypes.TaskFinished, cancellationToken);
    }

    public async Task<TaskDetail> GetAsync(Guid task, CancellationToken cancellationToken) =>
        (await http.GetFromJsonAsync<TaskDetail>($"/api/tasks/{task}", JsonConventions.Options, cancellationToken))!;

    private static async Task RequireSuccessAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"the service answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }
}
