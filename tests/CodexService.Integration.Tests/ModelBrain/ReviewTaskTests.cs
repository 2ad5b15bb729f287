using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Repositories;
using CodexService.Integration.Tests.Stack;
using CodexService.Testing.ScriptedModels;
using Xunit.Abstractions;

namespace CodexService.Integration.Tests.ModelBrain;

/// <summary>Reviews of people's changes: the whole service, with a scripted model behind a real HTTP endpoint.</summary>
[Collection(ModelStackTests.Name)]
public sealed class ReviewTaskTests(ModelStackFixture fixture, ITestOutputHelper output) : IDisposable
{
    private readonly ForkedCalc change = new();

    [Fact]
    public async Task Review_OfAForksPullRequest_HasCheckedCommentsAndWhatTheTestsSay()
    {
        var (start, head) = (change.Start, change.Head);
        await using var model = await ScriptedModelServer.StartAsync(
            new ScriptedModelOptions { Key = ModelStackFixture.Key },
            ScriptedTurn.Call("view", new { path = "calc.py" }),
            ScriptedTurn.Call("comment", new { path = "calc.py", line = 60, severity = "major", body = "Off the diff." }),
            ScriptedTurn.Call("comment", new { path = "calc.py", line = 6, severity = "blocker", body = "An empty list divides by zero.", suggestion = "    return sum(items) / max(1, len(items))" }),
            ScriptedTurn.Call("submit", new { summary = "Simplifies `mean`, and breaks `add`." }));
        await using var stack = fixture.With(model);

        var task = await EndAsync(stack);

        Assert.Equal((TaskState.Succeeded, TaskKind.Review, "model"), (task.Summary.State, task.Summary.Kind, task.Summary.Brain));
        var review = task.Review!;
        Assert.Equal(("Simplifies `mean`, and breaks `add`.", start, head, true), (review.Summary, review.MergeBase, review.HeadCommit, review.ReadByModel));
        Assert.Equal(
            [new ReviewRemark("calc.py", 6, ReviewSeverity.Blocker, "An empty list divides by zero.") { Lines = "    return sum(items) / len(items)", Suggestion = "    return sum(items) / max(1, len(items))" }],
            review.Comments);
        Assert.Equal(["test_calc.TestCalc.test_add"], review.Evidence!.NewlyFailing);
        Assert.Equal("1 comment, a blocker; 1 test newly fails; 1 passes as before", task.Summary.Reason);
        Assert.Equal([("before", 0), ("before", 0), ("after", 1), ("after", 1)], review.Evidence.Commands.Select(command => (command.Phase, command.ExitCode)));
        using var evidence = await stack.Api.GetAsync($"/api/tasks/{task.Summary.Id}/evidence/2");
        Assert.Contains("FAILED (failures=1)", await evidence.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(start, task.BaseCommit);
        Assert.Null(task.Patch);
        Assert.Null(task.PullRequest);
        var log = await stack.Api.LogAsync(task.Summary.Id);
        Assert.Equal(1, log.Single(entry => entry.Type == TaskEventTypes.ChangeReviewed).Data!.Value.GetProperty("blockers").GetInt32());
        var first = string.Join('\n', model.Requests[0].Messages.Select(ScriptedRequest.TextOf));
        Assert.Contains("     6 +     return sum(items) / len(items)", first, StringComparison.Ordinal);
        Assert.Contains("it shows lines 1-6 of the new file", string.Join('\n', model.Requests[2].Messages.Select(ScriptedRequest.TextOf)), StringComparison.Ordinal);
    }

    /// <inheritdoc />
    public void Dispose() => change.Dispose();

    private async Task<TaskDetail> EndAsync(StandaloneStack stack)
    {
        var submission = new SubmitTaskRequest(change.Repository.Path, "Look at the arithmetic", "python3 -m unittest", TimeoutSeconds: 600) { Kind = TaskKind.Review, HeadRef = ForkedCalc.HeadRef };
        var task = await stack.Api.EndAsync((await stack.Api.SubmitAsync(submission)).Summary.Id);
        output.WriteLine(task.Summary.Reason ?? "");
        output.WriteLine(stack.Folder.Output());
        return task;
    }
}
