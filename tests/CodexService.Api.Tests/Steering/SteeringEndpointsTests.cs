using System.Net;
using CodexService.Api.Tests.Hosting;
using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Testing;

namespace CodexService.Api.Tests.Steering;

public sealed class SteeringEndpointsTests(ApiFixture api) : IClassFixture<ApiFixture>, IDisposable
{
    private readonly ApiClient client = api.Client();

    public void Dispose() => client.Dispose();

    [Fact]
    public async Task PauseAndResume_AnswerWithTheTask()
    {
        var id = await api.Worker.SubmitAsync();
        var paused = await PostAsync<TaskDetail>($"/api/tasks/{id}/pause");
        Assert.Equal((TaskState.Paused, "paused by a person", true), (paused.Summary.State, paused.Summary.Reason, paused.PauseRequested));
        Assert.Contains((await client.GetAsync<Page<TaskSummary>>("/api/tasks?state=paused")).Items, task => task.Id == id);
        Assert.Equal(TaskState.Queued, (await PostAsync<TaskDetail>($"/api/tasks/{id}/resume")).Summary.State);
        await RefusedAsync($"/api/tasks/{id}/resume", null, HttpStatusCode.Conflict, "The task is not paused: it is queued.");
    }

    [Fact]
    public async Task Messages_AreSentAndListed()
    {
        var id = await api.Worker.SubmitAsync();
        Assert.Empty(await client.GetAsync<TaskMessageInfo[]>($"/api/tasks/{id}/messages"));
        var sent = await PostAsync<TaskMessageInfo>($"/api/tasks/{id}/messages", new SendMessageRequest(" Keep it small "), HttpStatusCode.Created);
        Assert.Equal((1, "Keep it small", null), (sent.Number, sent.Text, sent.Attempt));
        var listed = Assert.Single(await client.GetAsync<TaskMessageInfo[]>($"/api/tasks/{id}/messages"));
        Assert.Equal((1, "Keep it small"), (listed.Number, listed.Text));
        Assert.Equal(1, (await client.GetAsync<TaskDetail>($"/api/tasks/{id}")).MessageCount);
    }

    [Theory]
    [InlineData(0, "The message is empty; say what the model is to know.")]
    [InlineData(10_001, "The message has 10,001 characters; at most 10,000 are taken.")]
    public async Task Messages_EmptyOrTooLong_Are400(int length, string line) =>
        await RefusedAsync($"/api/tasks/{await api.Worker.SubmitAsync()}/messages", new SendMessageRequest(new string('x', length)), HttpStatusCode.BadRequest, line);

    [Fact]
    public async Task Approve_WaitingPlan_AnswersWithTheTaskThatGoesOn()
    {
        var id = (await api.Worker.Store.SubmitAsync(TaskServices.Submission() with { ApprovePlan = true }, CancellationToken.None)).TaskId;
        await RefusedAsync($"/api/tasks/{id}/plan/approve", new ApprovePlanRequest(), HttpStatusCode.Conflict, "No plan waits for approval at the moment; wait until the task is paused for it.");
        var lease = (await api.Worker.Leases.ClaimAsync((await api.Worker.DetailAsync(id)).Attempts.Single().Id, "w", CancellationToken.None))!.Lease;
        await api.Worker.Leases.ParkAsync(lease, new AttemptParking("1. look", 0, TimeSpan.Zero), null, CancellationToken.None);

        await RefusedAsync($"/api/tasks/{id}/plan/approve", new ApprovePlanRequest(Plan: " "), HttpStatusCode.BadRequest, "The plan is empty; write one step a line, or leave it out to approve the plan as it is.");
        await RefusedAsync($"/api/tasks/{id}/plan/approve", new ApprovePlanRequest(Plan: new string('x', 10_001)), HttpStatusCode.BadRequest, "The plan has 10,001 characters; at most 10,000 are taken.");
        var task = await PostAsync<TaskDetail>($"/api/tasks/{id}/plan/approve", new ApprovePlanRequest(Plan: "1. less"));

        Assert.Equal(TaskState.Queued, task.Summary.State);
        Assert.Equal(new PlanInfo(1, "1. less", PlanState.Approved, 1), Assert.Single(task.Plans));
    }

    [Fact]
    public async Task Steering_OfNoTask_Is404()
    {
        var id = Guid.NewGuid();
        await RefusedAsync($"/api/tasks/{id}/pause", null, HttpStatusCode.NotFound, $"There is no task {id}.");
        await RefusedAsync($"/api/tasks/{id}/resume", null, HttpStatusCode.NotFound, $"There is no task {id}.");
        await RefusedAsync($"/api/tasks/{id}/messages", new SendMessageRequest("hello"), HttpStatusCode.NotFound, $"There is no task {id}.");
        await RefusedAsync($"/api/tasks/{id}/plan/approve", new ApprovePlanRequest(), HttpStatusCode.NotFound, $"There is no task {id}.");
        await ApiClient.ProblemAsync(await client.SendAsync(HttpMethod.Get, $"/api/tasks/{id}/messages"), HttpStatusCode.NotFound);
    }

    private async Task<T> PostAsync<T>(string path, object? body = null, HttpStatusCode expected = HttpStatusCode.OK) =>
        await ApiClient.ReadAsync<T>(await SendAsync(path, body), expected);

    private Task<HttpResponseMessage> SendAsync(string path, object? body) => body is null ? client.PostAsync(path) : client.PostAsync(path, body);

    private async Task RefusedAsync(string path, object? body, HttpStatusCode status, string line)
    {
        var problem = await ApiClient.ProblemAsync(await SendAsync(path, body), status);
        Assert.Equal(line, problem.Title);
    }
}
