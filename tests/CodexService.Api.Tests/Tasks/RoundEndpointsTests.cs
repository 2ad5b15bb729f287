using System.Net;
using System.Text.Json;
using CodexService.Api.Tests.Hosting;
using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Turns;
using CodexService.Testing;

namespace CodexService.Api.Tests.Tasks;

public sealed class RoundEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>, IDisposable
{
    private readonly ApiClient client = api.Client();

    public void Dispose() => client.Dispose();

    [Fact]
    public async Task FollowUp_EndedTask_IsQueuedWithItsPromptForTheCaller()
    {
        var lease = await api.Worker.SubmitAndClaimAsync();
        await api.Worker.SucceedAsync(lease);
        await api.Worker.OpenPullRequestAsync(lease.TaskId);

        var task = await ApiClient.ReadAsync<TaskDetail>(
            await client.PostAsync($"/api/tasks/{lease.TaskId}/follow-ups", new { prompt = " Also round it ", test_command = "make test" }), HttpStatusCode.OK);

        Assert.Equal((TaskState.Queued, 2, "make test"), (task.Summary.State, task.Prompts.Count, task.TestCommand));
        Assert.Equal(("Also round it", 2), (task.Prompts[1].Text, task.Attempts[^1].PromptNumber));
        Assert.Equal("owner", await Sql.ScalarAsync<string>(api.Database, $"SELECT requested_by FROM attempts WHERE id = '{task.Attempts[^1].Id}'"));
        Assert.Contains("running", (await ApiClient.ProblemAsync(await FollowUpAsync(await RunningAsync()), HttpStatusCode.Conflict)).Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FollowUp_ThatBroughtNothing_IsToldWithItsHeadline()
    {
        var lease = await api.Worker.SubmitAndClaimAsync();
        await api.Worker.SucceedAsync(lease);
        await api.Worker.OpenPullRequestAsync(lease.TaskId);
        var task = await ApiClient.ReadAsync<TaskDetail>(await FollowUpAsync(lease.TaskId), HttpStatusCode.OK);
        var claimed = (await api.Worker.Leases.ClaimAsync(task.Attempts[^1].Id, "worker-1", CancellationToken.None))!;
        await api.Worker.FinishAsync(claimed.Lease, AttemptState.Failed, "the branch was moved");

        var last = (await client.GetAsync<JsonElement>($"/api/tasks/{lease.TaskId}")).GetProperty("last_round");

        Assert.Equal("""{"number":2,"state":"failed","reason":"the branch was moved","headline":"Round 2: failed, nothing changed"}""", last.GetRawText());
    }

    [Fact]
    public async Task FollowUp_ClosedPullRequestOrNoTask_IsOneLine()
    {
        var lease = await api.Worker.SubmitAndClaimAsync();
        await api.Worker.SucceedAsync(lease);
        await api.Worker.OpenPullRequestAsync(lease.TaskId);
        await api.Worker.Store.ChangeAsync(lease.TaskId, (task, now, _) => task.ClosePullRequest(now), CancellationToken.None);

        Assert.Contains("is closed", (await ApiClient.ProblemAsync(await FollowUpAsync(lease.TaskId), HttpStatusCode.Conflict)).Title, StringComparison.Ordinal);
        await ApiClient.ProblemAsync(await FollowUpAsync(Guid.NewGuid()), HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("follow-ups", """{"prompt":"  "}""", "prompt")]
    [InlineData("follow-ups", """{"prompt":"x","test_command":"a\nb"}""", "test_command")]
    [InlineData("continue", """{"turns":0}""", "turns")]
    [InlineData("continue", """{"tokens":10}""", "tokens")]
    [InlineData("continue", """{"cost":-1}""", "cost")]
    [InlineData("continue", """{"timeout_seconds":1}""", "timeout_seconds")]
    public async Task BadBody_NamesTheField(string path, string body, string field)
    {
        var problem = await ApiClient.ProblemAsync(await client.PostTextAsync($"/api/tasks/{await api.Worker.SubmitAsync()}/{path}", body), HttpStatusCode.BadRequest);
        Assert.Equal([field], problem.Errors!.Keys);
    }

    [Fact]
    public async Task Continue_AttemptAtItsLimit_GoesOnWithMore()
    {
        var lease = await api.Worker.SubmitAndClaimAsync();
        await api.Worker.Get<AttemptTurns>().WriteAsync(lease, 1, "{}", new TokenUsage(100, 0, 10, 0), CancellationToken.None);
        await api.Worker.Leases.FinishAsync(lease, new AttemptOutcome(AttemptState.NoChange, "the budget of 1 turn is used up") { EarlyEnd = EarlyEnd.Limit }, CancellationToken.None);

        var empty = await ApiClient.ProblemAsync(await client.PostAsync($"/api/tasks/{lease.TaskId}/continue", new { }), HttpStatusCode.Conflict);
        var task = await ApiClient.ReadAsync<TaskDetail>(await client.PostAsync($"/api/tasks/{lease.TaskId}/continue", new { turns = 20 }), HttpStatusCode.OK);

        Assert.Contains("say how much to add", empty.Title, StringComparison.Ordinal);
        Assert.Equal((TaskState.Queued, 1, 1), (task.Summary.State, task.Attempts[^1].Continues, task.Used.Turns));
    }

    [Theory]
    [InlineData("""{"turns":0}""", "limits.turns")]
    [InlineData("""{"tokens":999}""", "limits.tokens")]
    [InlineData("""{"cost":0}""", "limits.cost")]
    public async Task Submit_LimitsOutOfRange_NameTheField(string limits, string field)
    {
        var body = $$"""{"repository":"{{api.Repository.Path}}","prompt":"x","test_command":"true","limits":{{limits}}}""";
        var problem = await ApiClient.ProblemAsync(await client.PostTextAsync("/api/tasks", body), HttpStatusCode.BadRequest);
        Assert.Equal([field], problem.Errors!.Keys);
    }

    [Fact]
    public async Task Submit_WithLimits_StoresThemAndWhoSubmits()
    {
        var task = await ApiClient.ReadAsync<TaskDetail>(
            await client.PostAsync("/api/tasks", new { repository = api.Repository.Path, prompt = "x", test_command = "true", limits = new { turns = 40, cost = 0.5 } }), HttpStatusCode.Created);
        Assert.Equal((new TaskLimits(40, null, 0.5m), "owner"), (task.Limits, task.SubmittedBy));
    }

    [Fact]
    public async Task BudgetUsedUp_EveryRequestForWork_Is429WithWhatAndWhen_AndARepetitionIsAnswered()
    {
        var database = api.Database;
        await using var host = await ApiHost.StartAsync(database, api.Folder, ("Budgets:Users:0:Name", "carol"), ("Budgets:Users:0:Tokens", "1000"));
        using var carol = new ApiClient(host.Address, await api.Worker.Tokens.CreateAsync("carol", CancellationToken.None));
        var body = new { repository = api.Repository.Path, prompt = "x", test_command = "true" };
        var first = await ApiClient.ReadAsync<TaskDetail>(await carol.PostAsync("/api/tasks", body, ("Idempotency-Key", "carol-1")), HttpStatusCode.Created);
        var lease = (await api.Worker.Leases.ClaimAsync(first.Attempts[0].Id, "worker", CancellationToken.None))!.Lease;
        await api.Worker.Get<AttemptTurns>().WriteAsync(lease, 1, "{}", new TokenUsage(1200, 0, 10, 0), CancellationToken.None);
        await api.Worker.FinishAsync(lease, AttemptState.Failed);

        var refused = await carol.PostAsync("/api/tasks", body);
        var problem = await ApiClient.ProblemAsync(refused, HttpStatusCode.TooManyRequests);

        Assert.StartsWith("The budget of carol is used up: 1,210 of 1,000 tokens within 24 h; something is free again at ", problem.Title, StringComparison.Ordinal);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromHours(23), TimeSpan.FromHours(25));
        foreach (var (path, json) in new[] { ("retry", "{}"), ("follow-ups", """{"prompt":"more"}"""), ("continue", """{"turns":5}""") })
        {
            await ApiClient.ProblemAsync(await carol.PostTextAsync($"/api/tasks/{first.Summary.Id}/{path}", json), HttpStatusCode.TooManyRequests);
        }

        Assert.Equal(first.Summary.Id, (await ApiClient.ReadAsync<TaskDetail>(await carol.PostAsync("/api/tasks", body, ("Idempotency-Key", "carol-1")), HttpStatusCode.OK)).Summary.Id);
        var standing = await carol.GetAsync<BudgetInfo>("/api/budget");
        Assert.Equal(("carol", 1210L, 1000L, problem.Title), (standing.User, standing.Used.Tokens, standing.Limits.Tokens, standing.UsedUp));
        Assert.Null((await client.GetAsync<BudgetInfo>("/api/budget")).UsedUp);
    }

    private async Task<Guid> RunningAsync() => (await api.Worker.SubmitAndClaimAsync()).TaskId;

    private Task<HttpResponseMessage> FollowUpAsync(Guid id) => client.PostAsync($"/api/tasks/{id}/follow-ups", new { prompt = "more" });
}
