using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using CodexService.Api.Tests.Hosting;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;

namespace CodexService.Api.Tests.Tasks;

public sealed class TaskEventStreamTests(ApiFixture api) : IClassFixture<ApiFixture>, IDisposable
{
    private readonly ApiClient client = api.Client();

    public void Dispose() => client.Dispose();

    [Fact]
    public async Task Events_OfATaskThatEnded_TellEverythingAndEnd()
    {
        var lease = await api.Worker.SubmitAndClaimAsync();
        await api.Worker.FinishAsync(lease, AttemptState.NoChange);
        var items = await AllAsync(client.FollowAsync($"/api/tasks/{lease.TaskId}/events"));
        Assert.Equal(["event", "event", "event", "event", "event", "end"], items.Select(item => item.EventType));
        Assert.Equal(["1", "2", "3", "4", "5"], items.Take(5).Select(item => item.EventId));
        var last = JsonSerializer.Deserialize<TaskEventInfo>(items[4].Data, JsonConventions.Options)!;
        Assert.Equal((5L, TaskEventTypes.TaskFinished), (last.Seq, last.Type));
        Assert.Equivalent(last, (await client.GetAsync<TaskEventInfo[]>($"/api/tasks/{lease.TaskId}/log?after=4"))[0]);
    }

    [Fact]
    public async Task Events_LastEventIdOrAfter_GoOnBehindIt()
    {
        var lease = await api.Worker.SubmitAndClaimAsync();
        await api.Worker.FinishAsync(lease, AttemptState.NoChange);
        var path = $"/api/tasks/{lease.TaskId}/events";
        Assert.Equal(["4", "5"], Ids(await AllAsync(client.FollowAsync(path, lastEventId: 3))));
        Assert.Equal(["5"], Ids(await AllAsync(client.FollowAsync(path + "?after=4"))));
        Assert.Equal(["4", "5"], Ids(await AllAsync(client.FollowAsync(path + "?after=1", lastEventId: 3))));
        Assert.Empty(Ids(await AllAsync(client.FollowAsync(path, lastEventId: 99))));
        Assert.Equal(5, Ids(await AllAsync(client.FollowAsync(path + "?after=-7"))).Count);
    }

    [Fact]
    public async Task Events_WhileAnotherProcessWrites_ArriveWithoutGapOrRepeatAcrossReconnects()
    {
        const int Count = 150;
        var lease = await api.Worker.SubmitAndClaimAsync();
        var readers = new[] { 1, 7, 1000 }.Select(perConnection => ReadWithReconnectsAsync(lease.TaskId, perConnection)).ToArray();
        var writers = Enumerable.Range(0, 3).Select(async writer =>
        {
            for (var i = 0; i < Count / 3; i++)
            {
                await api.Worker.Leases.RecordAsync(lease, new AttemptReport(TaskEventTypes.Progressed, $"step {writer}.{i}"), CancellationToken.None);
            }
        });
        await Task.WhenAll(writers);
        await api.Worker.FinishAsync(lease, AttemptState.NoChange);
        foreach (var seen in await Task.WhenAll(readers))
        {
            Assert.Equal(Enumerable.Range(1, Count + 5).Select(seq => (long)seq), seen);
        }
    }

    [Fact]
    public async Task Events_WithOpenPullRequest_EndOnlyWhenThatIsClosed()
    {
        var lease = await api.Worker.SubmitAndClaimAsync();
        await api.Worker.SucceedAsync(lease);
        var number = await api.Worker.OpenPullRequestAsync(lease.TaskId);
        var types = new List<string>();
        await foreach (var item in client.FollowAsync($"/api/tasks/{lease.TaskId}/events"))
        {
            types.Add(item.EventType == "event" ? JsonSerializer.Deserialize<TaskEventInfo>(item.Data, JsonConventions.Options)!.Type : item.EventType);
            if (types[^1] == TaskEventTypes.TaskFinished)
            {
                Assert.Equal(HttpStatusCode.OK, (await client.PostAsync($"/api/pull-requests/{number}/close")).StatusCode);
            }
        }

        Assert.Equal([TaskEventTypes.TaskFinished, TaskEventTypes.PullRequestClosed, "end"], types.Where(type => type != "ping").TakeLast(3));
    }

    [Fact]
    public async Task Events_UnknownTask_Is404()
    {
        await ApiClient.ProblemAsync(await client.SendAsync(HttpMethod.Get, $"/api/tasks/{Guid.NewGuid()}/events"), HttpStatusCode.NotFound);
        await ApiClient.ProblemAsync(await client.SendAsync(HttpMethod.Get, $"/api/tasks/{Guid.NewGuid()}/log"), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task TaskChanges_HereAndInAnotherProcess_ArriveAsSummaries()
    {
        using var stop = new CancellationTokenSource();
        var submitted = new HashSet<Guid>();
        var states = new List<TaskState>();
        try
        {
            await foreach (var item in client.FollowAsync("/api/tasks/events", cancellationToken: stop.Token))
            {
                // The first thing that arrives says that from here on nothing is missed.
                if (submitted.Count == 0)
                {
                    submitted.Add(await api.Worker.SubmitAsync());
                    continue;
                }

                if (item.EventType == "task" && JsonSerializer.Deserialize<TaskSummary>(item.Data, JsonConventions.Options)! is var summary && submitted.Contains(summary.Id))
                {
                    states.Add(summary.State);
                    if (summary.State == TaskState.Cancelled)
                    {
                        await stop.CancelAsync();
                    }
                    else
                    {
                        await client.PostAsync($"/api/tasks/{summary.Id}/cancel");
                    }
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Seen everything.
        }

        Assert.Equal([TaskState.Queued, TaskState.Cancelled], states);
    }

    [Fact]
    public async Task Log_Limit_IsHeldAndChecked()
    {
        var lease = await api.Worker.SubmitAndClaimAsync();
        Assert.Equal([1L, 2], (await client.GetAsync<TaskEventInfo[]>($"/api/tasks/{lease.TaskId}/log?limit=2")).Select(e => e.Seq));
        await ApiClient.ProblemAsync(await client.SendAsync(HttpMethod.Get, $"/api/tasks/{lease.TaskId}/log?limit=1001"), HttpStatusCode.BadRequest);
    }

    private async Task<List<long>> ReadWithReconnectsAsync(Guid id, int perConnection)
    {
        using var reader = api.Client();
        var seen = new List<long>();
        while (true)
        {
            var left = perConnection;
            await foreach (var item in reader.FollowAsync($"/api/tasks/{id}/events", seen.Count == 0 ? null : seen[^1]))
            {
                if (item.EventType == "end")
                {
                    return seen;
                }

                if (item.EventType == "event")
                {
                    seen.Add(long.Parse(item.EventId!));
                    if (--left == 0)
                    {
                        break;
                    }
                }
            }
        }
    }

    private static async Task<List<SseItem<string>>> AllAsync(IAsyncEnumerable<SseItem<string>> stream)
    {
        var items = new List<SseItem<string>>();
        await foreach (var item in stream)
        {
            items.Add(item);
        }

        return items;
    }

    private static List<string?> Ids(IEnumerable<SseItem<string>> items) => [.. items.Where(item => item.EventType == "event").Select(item => item.EventId)];
}
