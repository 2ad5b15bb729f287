using System.Net;
using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Repositories;
using CodexService.Integration.Tests.Stack;
using CodexService.Testing;
using CodexService.Testing.ScriptedModels;
using Xunit.Abstractions;
using static CodexService.Integration.Tests.ModelBrain.AddTask;

namespace CodexService.Integration.Tests.ModelBrain;

/// <summary>People who steer a running task: the whole service, with a scripted model behind a real HTTP endpoint.</summary>
[Collection(ModelStackTests.Name)]
public sealed class SteeringTests(ModelStackFixture fixture, ITestOutputHelper output) : IDisposable
{
    private const string Message = "Keep the signature of add.";

    private static readonly ScriptedCall Edit = ScriptedCall.Of("edit", new { path = "calc.py", old = "return a - b", @new = "return a + b" });

    private readonly PostgresFixture postgres = new();
    private readonly TestRepository repository = AddTask.Repository();

    [Fact]
    public async Task Plan_WaitsWithoutWorkerAndSandbox_IsFollowedAsEdited_AndEndsVerified()
    {
        await using var model = await ScriptedModelServer.StartAsync(
            ScriptedTurn.CallAll(ScriptedCall.Of("plan", new { text = "1. rewrite calc.py" }), Edit),
            ScriptedTurn.CallAll(Edit),
            RunTests,
            Submit);
        await using var stack = fixture.With(model);
        var id = (await stack.Api.SubmitAsync(Submission() with { ApprovePlan = true })).Summary.Id;

        await stack.Api.EventAsync(id, entry => entry.Type == TaskEventTypes.PlanProposed);
        var waiting = await stack.Api.TaskAsync(id);
        Assert.Equal((TaskState.Paused, "its plan waits for your approval"), (waiting.Summary.State, waiting.Summary.Reason));
        Assert.Equal(new PlanInfo(1, "1. rewrite calc.py", PlanState.Waiting, 1), Assert.Single(waiting.Plans));
        Assert.Equal((AttemptState.Paused, null), (waiting.Attempts.Single().State, waiting.Attempts.Single().Worker));
        Assert.Null(waiting.Patch);
        await Containers.WaitGoneAsync(stack.Folder.Name);

        // The worker has one slot: another task gets it.
        var other = (await stack.Api.SubmitAsync(Submission() with { Brain = BrainChoice.Repair })).Summary.Id;
        await stack.Api.EventAsync(other, entry => entry.Type == TaskEventTypes.AttemptClaimed);
        await PostAsync(stack, $"/api/tasks/{other}/cancel");
        await stack.Api.EndAsync(other);

        await PostAsync(stack, $"/api/tasks/{id}/plan/approve", new ApprovePlanRequest(Plan: "1. one line of calc.py\n2. run the tests", Revision: 1));
        var task = await EndAsync(stack, id);

        Assert.Equal(TaskState.Succeeded, task.Summary.State);
        Assert.Contains("+    return a + b\n", task.Patch, StringComparison.Ordinal);
        Assert.Equal((2, 4), (task.Attempts.Single().Epoch, model.Requests.Count));
        Assert.Contains("The plan has not been approved yet", TextOf(model.Requests[1]), StringComparison.Ordinal);
        Assert.EndsWith("Follow it as it stands here:\n1. one line of calc.py\n2. run the tests", model.Requests[1].LastText, StringComparison.Ordinal);
        repository.AssertPublishedOnce(task.Branch!, task.HeadCommit!);
    }

    [Fact]
    public async Task Message_IsReadOnce_AlsoWhenTheWorkerDies_ThenPauseResumeAndStopKeepThePatch()
    {
        var sent = new TaskCompletionSource();
        var paused = new TaskCompletionSource();
        var asked = 0;
        await using var model = await ScriptedModelServer.StartAsync(_ => Interlocked.Increment(ref asked) switch
        {
            1 => View with { Before = sent.Task },
            2 => ScriptedTurn.CallAll(Edit),
            3 => ScriptedTurn.Hang(),
            4 => View with { Before = paused.Task },
            _ => ScriptedTurn.Hang(),
        });
        var database = await postgres.CreateDatabaseAsync();
        Guid id;
        await using (var first = await StartAsync(model, database))
        {
            id = (await first.Api.SubmitAsync(Submission())).Summary.Id;
            await model.NextRequestAsync();
            await PostAsync(first, $"/api/tasks/{id}/messages", new SendMessageRequest(Message), HttpStatusCode.Created);
            sent.SetResult();
            Assert.Contains(Message, (await model.NextRequestAsync()).LastText, StringComparison.Ordinal);
            await model.NextRequestAsync();
            await first.Folder.KillAsync(first.Process);
        }

        await Leases.RunOutAsync(database);
        await using var second = await StartAsync(model, database);
        var afterwards = await model.NextRequestAsync();
        Assert.Equal(2, TextOf(afterwards).Split(Message).Length);

        await PostAsync(second, $"/api/tasks/{id}/pause");
        var pausing = await second.Api.TaskAsync(id);
        Assert.Equal((TaskState.Running, true), (pausing.Summary.State, pausing.PauseRequested));
        paused.SetResult();
        await second.Api.EventAsync(id, entry => entry.Type == TaskEventTypes.Paused);
        var resting = await second.Api.TaskAsync(id);
        Assert.Equal((TaskState.Paused, "paused by a person"), (resting.Summary.State, resting.Summary.Reason));
        Assert.Contains("+    return a + b\n", resting.Patch, StringComparison.Ordinal);
        await Containers.WaitGoneAsync(second.Folder.Name);

        await PostAsync(second, $"/api/tasks/{id}/resume");
        Assert.Equal(2, TextOf(await model.NextRequestAsync()).Split(Message).Length);
        await PostAsync(second, $"/api/tasks/{id}/cancel");
        var task = await EndAsync(second, id);

        Assert.Equal((TaskState.Cancelled, 5, 3), (task.Summary.State, asked, task.Attempts.Single().Epoch));
        Assert.Contains("+    return a + b\n", task.Patch, StringComparison.Ordinal);
        Assert.Empty(repository.CodexBranches());
    }

    /// <inheritdoc />
    public void Dispose() => repository.Dispose();

    private static string TextOf(ScriptedRequest request) => string.Join('\n', request.Messages.Select(ScriptedRequest.TextOf));

    private static async Task PostAsync(StandaloneStack stack, string path, object? body = null, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await stack.Api.PostAsync(path, body);
        Assert.True(response.StatusCode == expected, $"{path}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    private static Task<StandaloneStack> StartAsync(ScriptedModelServer model, string database) => StandaloneStack.StartAsync(
        database,
        ("CODEX_MODEL_URL", model.BaseUrl),
        ("CODEX_MODEL", "scripted"),
        ("Leases__HeartbeatInterval", "00:00:02"),
        ("Leases__RescueInterval", "00:00:00.5"));

    private async Task<TaskDetail> EndAsync(StandaloneStack stack, Guid id)
    {
        var task = await stack.Api.EndAsync(id);
        output.WriteLine(task.Summary.Reason ?? "");
        output.WriteLine(stack.Folder.Output());
        return task;
    }

    private SubmitTaskRequest Submission() => new(repository.Path, "add subtracts; make it add", "python3 -m pytest -q", TimeoutSeconds: 600);
}
