using System.Net;
using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Repositories;
using CodexService.Integration.Tests.Stack;
using CodexService.Testing;
using CodexService.Testing.ScriptedModels;
using Xunit.Abstractions;
using static CodexService.Integration.Tests.ModelBrain.AddTask;

namespace CodexService.Integration.Tests.ModelBrain;

/// <summary>Several attempts at one task, side by side on the whole service: they differ, the best one wins, a person may take another.</summary>
public sealed class SeveralAttemptsTests(TwoModelsFixture fixture, ITestOutputHelper output) : IClassFixture<TwoModelsFixture>, IDisposable
{
    private static readonly ScriptedTurn SmallEdit = Edit;
    private static readonly ScriptedTurn LargeEdit = ScriptedTurn.Call("edit", new { path = "calc.py", old = "return a - b", @new = "# Both operands are added.\n    total = a + b\n    return total" });

    private readonly TestRepository repository = AddTask.Repository();

    [Fact]
    public async Task Task_ThreeAttemptsOnOneModel_AskAtDifferentTemperaturesAndTheSmallestPatchWins()
    {
        await using var model = await ScriptedModelServer.StartAsync(request => (Temperature(request), Turn(request)) switch
        {
            (0.2f, 0) => LargeEdit,
            (0.35f, 0) => SmallEdit,
            _ => Submit,
        });
        await using var stack = fixture.With(model);

        var task = await stack.Api.SuccessAsync((await stack.Api.SubmitAsync(Submission() with { Attempts = 3 })).Summary.Id);

        Assert.Equal([0.2f, 0.35f, 0.5f], model.Requests.Select(Temperature).Distinct().Order());
        Assert.Equal([(true, 2, 4), (true, 1, 2), (false, (int?)null, 0)], task.Attempts.Select(attempt => (attempt.Verified, attempt.Rank, attempt.PatchLines!.Value)));
        Assert.Equal([0.2, 0.35, 0.5], task.Attempts.Select(attempt => attempt.Temperature!.Value));
        Assert.Equal([false, true, false], task.Attempts.Select(attempt => attempt.IsChosen));
        Assert.Equal(1, task.Attempts[0].TestsPassed);
        Assert.All(task.Attempts, attempt => Assert.True(attempt.Usage is { InputTokens: > 0, OutputTokens: > 0, WallSeconds: > 0 }, $"{attempt.Usage}"));
        Assert.Contains("+    return a + b\n", task.Patch, StringComparison.Ordinal);
        Assert.Contains(await stack.Api.LogAsync(task.Summary.Id), entry => entry.Message == "Chosen: attempt 2 of 3: 1 test passes, none broken, smallest patch (2 lines)");
        repository.AssertPublishedOnce(task.Branch!, task.HeadCommit!);

        // All of it is there to look at, and another one to take.
        var first = await AttemptAsync(stack, task.Summary.Id, 1);
        Assert.Contains("+    return total\n", first.Patch, StringComparison.Ordinal);
        Assert.Equal(["test_calc.py::test_add"], first.Verification!.FailToPass);
        using var evidence = await stack.Api.GetAsync($"/api/tasks/{task.Summary.Id}/attempts/1/evidence/{first.Verification.Commands[^1].Index}");
        Assert.Contains("1 passed", await evidence.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var refused = await stack.Api.PostAsync($"/api/tasks/{task.Summary.Id}/attempts/3/choose");
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        using var chosen = await stack.Api.PostAsync($"/api/tasks/{task.Summary.Id}/attempts/1/choose");
        var after = await ApiClient.ReadAsync<TaskDetail>(chosen, HttpStatusCode.OK);
        Assert.Equal((true, first.Patch), (after.Attempts[0].IsChosen, after.Patch));
    }

    [Fact]
    public async Task Task_BothBrainsAndTwoModels_APersonTakesOneWhileAnotherStillWorks()
    {
        await using var small = await ScriptedModelServer.StartAsync(LargeEdit, RunTests, Submit);
        await using var large = await ScriptedModelServer.StartAsync(SmallEdit, ScriptedTurn.Hang());
        await using var stack = fixture.With(small, large);

        var id = (await stack.Api.SubmitAsync(Submission() with { Brain = BrainChoice.Both, Models = ["small", "large"] })).Summary.Id;
        await stack.Api.EventAsync(id, entry => entry is { Type: TaskEventTypes.AttemptFinished, Attempt: 2 });
        await large.NextRequestAsync();
        await large.NextRequestAsync();
        using var chosen = await stack.Api.PostAsync($"/api/tasks/{id}/attempts/2/choose");
        await ApiClient.ReadAsync<TaskDetail>(chosen, HttpStatusCode.OK);
        var task = await stack.Api.SuccessAsync(id);
        output.WriteLine(stack.Folder.Output());

        Assert.Equal([("repair", null), ("model", "small"), ("model", "large")], task.Attempts.Select(attempt => (attempt.Brain, attempt.Model)));
        Assert.Equal([null, 0.2, 0.2], task.Attempts.Select(attempt => attempt.Temperature));
        Assert.Equal((3, 2), (small.Requests.Count, large.Requests.Count));
        Assert.True(task.Attempts[1] is { IsChosen: true, Verified: true, PatchLines: 4 });
        Assert.Contains("+    return total\n", task.Patch, StringComparison.Ordinal);
        repository.AssertPublishedOnce(task.Branch!, task.HeadCommit!);

        var stopped = await AttemptAsync(stack, id, 3);
        Assert.Equal((AttemptState.Cancelled, "stopped, as a person chose attempt 2", false), (stopped.Attempt.State, stopped.Attempt.Reason, stopped.Attempt.Verified));
        Assert.Contains("+    return a + b\n", stopped.Patch, StringComparison.Ordinal);
    }

    /// <inheritdoc />
    public void Dispose() => repository.Dispose();

    private static float Temperature(ScriptedRequest request) => request.Body.GetProperty("temperature").GetSingle();

    private static int Turn(ScriptedRequest request) => request.Roles.Count(role => role == "assistant");

    private static async Task<AttemptDetail> AttemptAsync(StandaloneStack stack, Guid id, int number)
    {
        using var response = await stack.Api.GetAsync($"/api/tasks/{id}/attempts/{number}");
        return await ApiClient.ReadAsync<AttemptDetail>(response, HttpStatusCode.OK);
    }

    private SubmitTaskRequest Submission() => new(repository.Path, "add subtracts; make it add", "python3 -m pytest -q", TimeoutSeconds: 600);
}
