using System.Net;
using System.Text.Json;
using CodexService.Api.Tests.Hosting;
using CodexService.Contracts.Api;
using CodexService.Testing;

namespace CodexService.Api.Tests.Tasks;

public sealed class TaskEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>, IDisposable
{
    private readonly ApiClient client = api.Client();

    public void Dispose() => client.Dispose();

    [Fact]
    public async Task List_PagesWhileTasksAreAdded_HasNeitherGapsNorRepeats()
    {
        var before = new HashSet<Guid>();
        for (var i = 0; i < 12; i++)
        {
            before.Add(await api.Worker.SubmitAsync());
        }

        var seen = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await client.GetAsync<Page<TaskSummary>>($"/api/tasks?limit=5{(cursor is null ? "" : $"&cursor={cursor}")}");
            Assert.True(page.Items.Count <= 5);
            seen.AddRange(page.Items.Select(task => task.Id));
            cursor = page.NextCursor;
            await api.Worker.SubmitAsync();
        }
        while (cursor is not null);
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Superset(before, seen.ToHashSet());
        Assert.Equal(seen.OrderByDescending(id => id.ToString(), StringComparer.Ordinal), seen);
    }

    [Theory]
    [InlineData("limit=0", "limit has to be from 1 to 200.")]
    [InlineData("limit=201", "limit has to be from 1 to 200.")]
    [InlineData("limit=-1", "limit has to be from 1 to 200.")]
    [InlineData("limit=many", "limit cannot be \"many\".")]
    [InlineData("state=queued,running", "state is one of")]
    [InlineData("cursor=abc", "cursor is not one that this list gave out")]
    [InlineData("state=unknown", "state is one of queued, running, paused, publishing, succeeded, no_change, failed, cancelled, timed_out.")]
    [InlineData("state=3", "state is one of")]
    public async Task List_BadQuery_Is400(string query, string line)
    {
        var problem = await ApiClient.ProblemAsync(await client.SendAsync(HttpMethod.Get, "/api/tasks?" + query), HttpStatusCode.BadRequest);
        Assert.Contains(line, problem.Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_ByState_TakesTheNameOfTheJson()
    {
        var lease = await api.Worker.SubmitAndClaimAsync();
        await api.Worker.FinishAsync(lease, AttemptState.NoChange);
        var page = await client.GetAsync<Page<TaskSummary>>("/api/tasks?state=no_change");
        Assert.Contains(page.Items, task => task.Id == lease.TaskId);
        Assert.All(page.Items, task => Assert.Equal(TaskState.NoChange, task.State));
    }

    [Fact]
    public async Task Get_Json_IsInSnakeCase()
    {
        var id = await api.Worker.SubmitAsync();
        var json = await client.GetAsync<JsonElement>($"/api/tasks/{id}");
        Assert.Equal("queued", json.GetProperty("summary").GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.False, json.GetProperty("cancel_requested").ValueKind);
        Assert.Equal(1, json.GetProperty("attempts")[0].GetProperty("number").GetInt32());
    }

    [Fact]
    public async Task PatchAndEvidence_OfASuccess_AreThere()
    {
        var lease = await api.Worker.SubmitAndClaimAsync();
        await ApiClient.ProblemAsync(await client.SendAsync(HttpMethod.Get, $"/api/tasks/{lease.TaskId}/patch"), HttpStatusCode.NotFound);
        await api.Worker.SucceedAsync(lease);
        var patch = await client.SendAsync(HttpMethod.Get, $"/api/tasks/{lease.TaskId}/patch");
        Assert.Equal(("text/x-diff", $"codex-{lease.TaskId:N}.patch"), (patch.Content.Headers.ContentType?.MediaType, patch.Content.Headers.ContentDisposition?.FileName));
        Assert.Equal(TaskServices.Result(lease).Patch, await patch.Content.ReadAsStringAsync());
        var output = await client.SendAsync(HttpMethod.Get, $"/api/tasks/{lease.TaskId}/evidence/1");
        Assert.Equal(("text/plain", "1 passed"), (output.Content.Headers.ContentType?.MediaType, await output.Content.ReadAsStringAsync()));
        foreach (var index in new[] { 2, -1 })
        {
            await ApiClient.ProblemAsync(await client.SendAsync(HttpMethod.Get, $"/api/tasks/{lease.TaskId}/evidence/{index}"), HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task CancelAndRetry_InAndOutOfTurn_AnswerTheTaskOr409()
    {
        var id = await api.Worker.SubmitAsync();
        await ConflictAsync($"/api/tasks/{id}/retry", "Only a task that ended without success can be retried; this one is queued.");
        var cancelled = await ApiClient.ReadAsync<TaskDetail>(await client.PostAsync($"/api/tasks/{id}/cancel"), HttpStatusCode.OK);
        Assert.Equal(TaskState.Cancelled, cancelled.Summary.State);
        await ConflictAsync($"/api/tasks/{id}/cancel", "The task cannot be cancelled: it is cancelled.");
        var retried = await ApiClient.ReadAsync<TaskDetail>(await client.PostAsync($"/api/tasks/{id}/retry"), HttpStatusCode.OK);
        Assert.Equal((TaskState.Queued, 2), (retried.Summary.State, retried.Attempts.Count));
    }

    [Fact]
    public async Task Cancel_Running_AnswersAndTheWorkerHears()
    {
        var lease = await api.Worker.SubmitAndClaimAsync();
        var detail = await ApiClient.ReadAsync<TaskDetail>(await client.PostAsync($"/api/tasks/{lease.TaskId}/cancel"), HttpStatusCode.OK);
        Assert.Equal((TaskState.Running, true), (detail.Summary.State, detail.CancelRequested));
        Assert.Equal(CodexService.Tasks.Leases.LeaseStanding.CancelRequested, await api.Worker.Leases.HeartbeatAsync(lease, CancellationToken.None));
    }

    [Fact]
    public async Task PullRequest_WholeWay_AnswersOr409()
    {
        var lease = await api.Worker.SubmitAndClaimAsync();
        await api.Worker.SucceedAsync(lease);
        await ConflictAsync($"/api/tasks/{lease.TaskId}/cancel", "The task cannot be cancelled: it is publishing.");
        var number = await api.Worker.OpenPullRequestAsync(lease.TaskId);
        var path = $"/api/pull-requests/{number}";
        Assert.Equal(PullRequestState.Open, (await client.GetAsync<PullRequestInfo>(path)).State);
        await ConflictAsync($"/api/tasks/{lease.TaskId}/retry", "this one is succeeded");

        var merging = await ApiClient.ReadAsync<PullRequestInfo>(await client.PostAsync(path + "/merge"), HttpStatusCode.Accepted);
        Assert.Equal(PullRequestState.Merging, merging.State);
        await ConflictAsync(path + "/merge", $"Pull request #{number} cannot be merged: it is merging.");
        await ConflictAsync(path + "/close", $"Pull request #{number} cannot be closed: it is merging.");
        await api.Worker.Store.ChangeAsync(lease.TaskId, (task, _, _) => task.RefuseMerge("conflicts in app.py"), CancellationToken.None);
        Assert.Equal("conflicts in app.py", (await client.GetAsync<PullRequestInfo>(path)).Note);

        var closed = await ApiClient.ReadAsync<PullRequestInfo>(await client.PostAsync(path + "/close"), HttpStatusCode.OK);
        Assert.Equal(PullRequestState.Closed, closed.State);
        await ConflictAsync(path + "/merge", $"Pull request #{number} cannot be merged: it is closed.");
        Assert.Contains((await client.GetAsync<Page<PullRequestInfo>>("/api/pull-requests?state=closed")).Items, pull => pull.Number == number);
    }

    [Theory]
    [InlineData("GET", "/api/tasks/0b6d2a4e-0000-7000-8000-000000000000", "There is no task")]
    [InlineData("POST", "/api/tasks/0b6d2a4e-0000-7000-8000-000000000000/cancel", "There is no task")]
    [InlineData("POST", "/api/tasks/0b6d2a4e-0000-7000-8000-000000000000/retry", "There is no task")]
    [InlineData("GET", "/api/tasks/not-an-id", "There is nothing at")]
    [InlineData("GET", "/api/pull-requests/999999", "There is no pull request #999999")]
    [InlineData("POST", "/api/pull-requests/999999/merge", "There is no pull request #999999")]
    [InlineData("POST", "/api/pull-requests/999999/close", "There is no pull request #999999")]
    [InlineData("GET", "/api/nothing/here", "There is nothing at /api/nothing/here")]
    [InlineData("GET", "/api/nothing.txt", "There is nothing at /api/nothing.txt")]
    [InlineData("GET", "/api", "There is nothing at /api")]
    public async Task Unknown_AnyAddress_Is404(string method, string path, string line)
    {
        var problem = await ApiClient.ProblemAsync(await client.SendAsync(new HttpMethod(method), path), HttpStatusCode.NotFound);
        Assert.Contains(line, problem.Title, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DELETE", "/api/tasks")]
    [InlineData("POST", "/api/service")]
    [InlineData("PUT", "/health/live")]
    public async Task WrongMethod_KnownAddress_Is405(string method, string path) =>
        await ApiClient.ProblemAsync(await client.SendAsync(new HttpMethod(method), path), HttpStatusCode.MethodNotAllowed);

    [Fact]
    public async Task Unknown_Post_Is404() =>
        await ApiClient.ProblemAsync(await client.PostAsync("/api/nothing", new { }), HttpStatusCode.NotFound);

    [Theory]
    [InlineData("cursor=abc")]
    [InlineData("limit=0")]
    [InlineData("state=lost")]
    public async Task PullRequests_BadQuery_Is400(string query) =>
        await ApiClient.ProblemAsync(await client.SendAsync(HttpMethod.Get, "/api/pull-requests?" + query), HttpStatusCode.BadRequest);

    private async Task ConflictAsync(string path, string line)
    {
        var problem = await ApiClient.ProblemAsync(await client.PostAsync(path), HttpStatusCode.Conflict);
        Assert.Contains(line, problem.Title, StringComparison.Ordinal);
    }
}
