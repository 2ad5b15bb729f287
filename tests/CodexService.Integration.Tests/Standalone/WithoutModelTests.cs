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
    public async Task Task_NamesAModel_FailsWithOneLine()
    {
        var task = await EndAsync(Submission() with { Model = "small" });

        Assert.Equal(TaskState.Failed, task.Summary.State);
        Assert.StartsWith("no model is configured on this worker, but the task names the model \"small\"", task.Summary.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Question_FailsWithOneLine()
    {
        var task = await EndAsync(new SubmitTaskRequest(repository.Path, "Why?") { Kind = TaskKind.Ask });

        Assert.Equal(TaskState.Failed, task.Summary.State);
        Assert.StartsWith("no model is configured on this worker, and the repair brain answers no questions; set CODEX_MODEL_URL", task.Summary.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Review_IsNeutralAndTellsTheTestsAlone()
    {
        using var change = new ForkedCalc();

        var task = await EndAsync(new SubmitTaskRequest(change.Repository.Path, "Look at the arithmetic", "python3 -m unittest", TimeoutSeconds: 120) { Kind = TaskKind.Review, HeadRef = ForkedCalc.HeadRef });

        Assert.Equal(TaskState.Succeeded, task.Summary.State);
        Assert.Equal("no model read the diff; 1 test newly fails; 1 passes as before", task.Summary.Reason);
        Assert.StartsWith("**No model read this change**", task.Review!.Summary, StringComparison.Ordinal);
        Assert.Equal((false, change.Head), (task.Review.ReadByModel, task.Review.HeadCommit));
        Assert.Empty(task.Review.Comments);
        Assert.Equal(["test_calc.TestCalc.test_add"], task.Review.Evidence!.NewlyFailing);
    }

    [Fact]
    public async Task BothBrains_SaysSoInOneLineAndTheRepairDecides()
    {
        var task = await Api.SuccessAsync((await Api.SubmitAsync(Submission() with { Brain = BrainChoice.Both })).Summary.Id);

        Assert.Equal(
            (AttemptState.Failed, "no model is configured on this worker, so only the repair brain works on the task; configure a model, or submit with the brain repair"),
            (task.Attempts[1].State, task.Attempts[1].Reason));
        Assert.True(task.Attempts[0] is { IsChosen: true, Brain: "repair", Rank: 1 });
    }

    [Fact]
    public async Task RepairBrain_PlanWantedOrPaused_SaysSoInOneLine()
    {
        var wanted = await EndAsync(Submission() with { ApprovePlan = true });
        Assert.Equal((TaskState.Failed, "no model is configured on this worker, but the task wants its plan approved; submit without approval of the plan, or configure a model"), (wanted.Summary.State, wanted.Summary.Reason));

        var id = (await Api.SubmitAsync(Submission() with { TestCommand = "sleep 30; false" })).Summary.Id;
        await Api.StageAsync(id, "sandbox");
        await PostAsync($"/api/tasks/{id}/pause");
        var refused = await Api.EventAsync(id, entry => entry.Type == TaskEventTypes.PauseRefused);
        Assert.StartsWith("Not paused: the repair brain cannot be paused; it goes on.", refused.Message, StringComparison.Ordinal);
        Assert.False((await Api.TaskAsync(id)).PauseRequested);
        await PostAsync($"/api/tasks/{id}/cancel");
        await Api.EndAsync(id);
    }

    /// <inheritdoc />
    public void Dispose() => repository.Dispose();

    private async Task PostAsync(string path)
    {
        using var response = await Api.PostAsync(path);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }

    private async Task<TaskDetail> EndAsync(SubmitTaskRequest submission)
    {
        var task = await Api.EndAsync((await Api.SubmitAsync(submission)).Summary.Id);
        Output.WriteLine($"{task.Summary.State}: {task.Summary.Reason}");
        return task;
    }

    private SubmitTaskRequest Submission() => new(repository.Path, "add subtracts; make it add", "python3 -m pytest -q", TimeoutSeconds: 120);
}
