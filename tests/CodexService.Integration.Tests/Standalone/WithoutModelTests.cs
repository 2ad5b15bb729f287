using System.Net;
using CodexService.Contracts.Api;
using CodexService.Integration.Tests.ModelBrain;
using CodexService.Integration.Tests.Repositories;
using CodexService.Integration.Tests.Stack;
using CodexService.Testing;
using Xunit.Abstractions;

namespace CodexService.Integration.Tests.Standalone;

/// <summary>What needs a model, on a worker that has none: one line that says so, and whatever can be done without.</summary>
public sealed class WithoutModelTests(StandaloneFixture fixture, ITestOutputHelper output) : StandaloneTest(fixture, output), IDisposable
{
    private readonly TestRepository repository = AddTask.Repository();

    [Fact]
    public async Task Task_NeedsAModel_IsRefusedInOneLineAndNothingIsStarted()
    {
        using var scripts = TestRepository.With(("package.json", """{"scripts":{"test":"node --test"}}"""), ("sum.js", "exports.sum = (a, b) => a - b;\n"));

        await RefusedAsync(Submission() with { Model = "small" }, "The model \"small\" is asked for, and no model is configured: set CODEX_MODEL_URL and CODEX_MODEL");
        await RefusedAsync(Submission() with { Brain = BrainChoice.Both }, "The brain both asks a model, and no model is configured: set CODEX_MODEL_URL");
        await RefusedAsync(Submission() with { ApprovePlan = true }, "A plan to approve is made by a model, and no model is configured: set CODEX_MODEL_URL");
        await RefusedAsync(new SubmitTaskRequest(repository.Path, "Why?") { Kind = TaskKind.Ask }, "A question is answered by a model, and no model is configured: set CODEX_MODEL_URL");
        await RefusedAsync(new SubmitTaskRequest(scripts.Path, "sum subtracts"), "No model is configured, and without one only Python code can be worked on");
    }

    [Fact]
    public async Task Review_IsNeutralAndTellsTheTestsAlone()
    {
        using var change = new ForkedCalc();

        var task = await EndAsync(new SubmitTaskRequest(change.Repository.Path, "Look at the arithmetic", "python3 -m unittest", TimeoutSeconds: 600) { Kind = TaskKind.Review, HeadRef = ForkedCalc.HeadRef });

        Assert.Equal(TaskState.Succeeded, task.Summary.State);
        Assert.Equal("no model read the diff; 1 test newly fails; 1 passes as before", task.Summary.Reason);
        Assert.StartsWith("**No model read this change**", task.Review!.Summary, StringComparison.Ordinal);
        Assert.Equal((false, change.Head), (task.Review.ReadByModel, task.Review.HeadCommit));
        Assert.Empty(task.Review.Comments);
        Assert.Equal(["test_calc.TestCalc.test_add"], task.Review.Evidence!.NewlyFailing);
    }

    [Fact]
    public async Task RepairBrain_PausedOrWrittenTo_SaysInOneLineThatItGoesOnAndReadsNothing()
    {
        var id = (await Api.SubmitAsync(Submission() with { TestCommand = "sleep 300; false" })).Summary.Id;
        await Api.StageAsync(id, "sandbox");
        await PostAsync($"/api/tasks/{id}/pause");
        var refused = await Api.EventAsync(id, entry => entry.Type == TaskEventTypes.PauseRefused);
        Assert.StartsWith("Not paused: the repair brain cannot be paused; it goes on.", refused.Message, StringComparison.Ordinal);
        Assert.False((await Api.TaskAsync(id)).PauseRequested);

        // The worker has one slot: this one waits, and nobody knows yet which brain will work on it.
        var next = (await Api.SubmitAsync(Submission() with { TestCommand = "true" })).Summary.Id;
        using var sent = await Api.PostAsync($"/api/tasks/{next}/messages", new SendMessageRequest("Be quick."));
        Assert.Equal(HttpStatusCode.Created, sent.StatusCode);
        await PostAsync($"/api/tasks/{id}/cancel");
        await Api.EndAsync(id);
        await Api.EndAsync(next);
        Assert.Single(await Api.LogAsync(next), entry => entry.Message == "The repair brain reads no messages: nobody read message 1. Configure a model to steer a task, or submit a new one.");
    }

    /// <inheritdoc />
    public void Dispose() => repository.Dispose();

    private async Task PostAsync(string path)
    {
        using var response = await Api.PostAsync(path);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    private async Task RefusedAsync(SubmitTaskRequest submission, string line)
    {
        using var response = await Api.PostAsync("/api/tasks", submission);
        var problem = await ApiClient.ReadAsync<Problem>(response, HttpStatusCode.BadRequest);
        Output.WriteLine(problem.Title);
        Assert.StartsWith(line, problem.Title, StringComparison.Ordinal);
    }

    private async Task<TaskDetail> EndAsync(SubmitTaskRequest submission)
    {
        var task = await Api.EndAsync((await Api.SubmitAsync(submission)).Summary.Id);
        Output.WriteLine($"{task.Summary.State}: {task.Summary.Reason}");
        return task;
    }

    private SubmitTaskRequest Submission() => new(repository.Path, "add subtracts; make it add", "python3 -m pytest -q", TimeoutSeconds: 600);
}
