using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;

namespace CodexService.Integration.Tests.Stack;

/// <summary>The REST API as a client uses it.</summary>
internal sealed class ApiClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);
    private readonly HttpClient http;

    public ApiClient(string url, string token)
    {
        http = new HttpClient { BaseAddress = new Uri(url), Timeout = Patience };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public Task<HttpResponseMessage> PostAsync(string path, object? body = null) =>
        http.PostAsJsonAsync(path, body ?? new object(), JsonConventions.Options);

    public Task<HttpResponseMessage> GetAsync(string path) => http.GetAsync(path);

    public async Task<TaskDetail> SubmitAsync(SubmitTaskRequest request)
    {
        using var response = await PostAsync("/api/tasks", request);
        return await ReadAsync<TaskDetail>(response, HttpStatusCode.Created);
    }

    public async Task<TaskDetail> TaskAsync(Guid id)
    {
        using var response = await GetAsync($"/api/tasks/{id}");
        return await ReadAsync<TaskDetail>(response, HttpStatusCode.OK);
    }

    public async Task<IReadOnlyList<TaskEventInfo>> LogAsync(Guid id)
    {
        using var response = await GetAsync($"/api/tasks/{id}/log?limit=1000");
        return await ReadAsync<TaskEventInfo[]>(response, HttpStatusCode.OK);
    }

    /// <summary>The task's events from the first one on, as they happen.</summary>
    public async IAsyncEnumerable<TaskEventInfo> FollowAsync(Guid id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = await http.GetStreamAsync($"/api/tasks/{id}/events", cancellationToken);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
        {
            if (item.EventType == "event")
            {
                yield return JsonSerializer.Deserialize<TaskEventInfo>(item.Data, JsonConventions.Options)!;
            }
        }
    }

    /// <summary>The first event, past or future, that is wanted.</summary>
    public async Task<TaskEventInfo> EventAsync(Guid id, Func<TaskEventInfo, bool> isWanted)
    {
        using var limit = new CancellationTokenSource(Patience);
        var seen = new List<string>();
        try
        {
            await foreach (var entry in FollowAsync(id, limit.Token))
            {
                seen.Add(entry.Message);
                if (isWanted(entry))
                {
                    return entry;
                }
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // Told below, with what came instead.
        }

        throw new InvalidOperationException($"the event did not come; the log:\n{string.Join('\n', seen)}");
    }

    /// <summary>Waits until an attempt enters a stage.</summary>
    public Task<TaskEventInfo> StageAsync(Guid id, params string[] stages) => EventAsync(
        id, entry => entry.Type == TaskEventTypes.StageStarted && stages.Contains(entry.Data?.GetProperty("stage").GetString(), StringComparer.Ordinal));

    /// <summary>Waits for the end of the task and returns it.</summary>
    public async Task<TaskDetail> EndAsync(Guid id)
    {
        await EventAsync(id, entry => entry.Type == TaskEventTypes.TaskFinished);
        return await TaskAsync(id);
    }

    /// <summary>Waits for the end, which has to be success; says why when it is not.</summary>
    public async Task<TaskDetail> SuccessAsync(Guid id)
    {
        var task = await EndAsync(id);
        Assert.True(task.Summary.State == TaskState.Succeeded, $"{task.Summary.State}: {task.Summary.Reason}\n{task.ResultSummary}");
        return task;
    }

    public static async Task<T> ReadAsync<T>(HttpResponseMessage response, HttpStatusCode expected)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode}: {text}");
        return JsonSerializer.Deserialize<T>(text, JsonConventions.Options)!;
    }

    public void Dispose() => http.Dispose();
}
