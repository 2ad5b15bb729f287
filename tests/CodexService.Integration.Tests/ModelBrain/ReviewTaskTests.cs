using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Stack;
using CodexService.Testing;
using CodexService.Testing.ScriptedModels;
using Xunit.Abstractions;

namespace CodexService.Integration.Tests.ModelBrain;

/// <summary>Reviews of people's changes: the whole service, with a scripted model behind a real HTTP endpoint, and without one.</summary>
public sealed class ReviewTaskTests(ITestOutputHelper output) : IDisposable
{
    private const string Test = "import unittest\nfrom calc import add, mean\n\n\nclass TestCalc(unittest.TestCase):\n    def test_add(self):\n        self.assertEqual(add(1, 2), 3)\n\n    def test_mean(self):\n        self.assertEqual(mean([2, 4]), 3)\n";

    private readonly PostgresFixture postgres = new();
    private readonly TestRepository repository = TestRepository.With(
        ("calc.py", "def add(a, b):\n    return a + b\n\n\ndef mean(items):\n    return sum(items) / max(1, len(items))\n"),
        ("test_calc.py", Test));

    [Fact]
    public async Task Review_OfAForksPullRequest_HasCheckedCommentsAndWhatTheTestsSay()
    {
        var (start, head) = PullRequest();
        await using var model = await ScriptedModelServer.StartAsync(
            new ScriptedModelOptions { Key = "sk-canary-90b1" },
            ScriptedTurn.Call("view", new { path = "calc.py" }),
            ScriptedTurn.Call("comment", new { path = "calc.py", line = 60, severity = "major", body = "Off the diff." }),
            ScriptedTurn.Call("comment", new { path = "calc.py", line = 6, severity = "blocker", body = "An empty list divides by zero.", suggestion = "    return sum(items) / max(1, len(items))" }),
            ScriptedTurn.Call("submit", new { summary = "Simplifies `mean`, and breaks `add`." }));
        await using var stack = await StandaloneStack.StartAsync(
            await postgres.CreateDatabaseAsync(),
            [("CODEX_MODEL_URL", model.BaseUrl), ("CODEX_MODEL", "scripted"), ("CODEX_MODEL_KEY", "sk-canary-90b1"), ("Models__RetryDelay", "00:00:00.1")]);

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

    [Fact]
    public async Task Review_NoModelConfigured_IsNeutralAndTellsTheTestsAlone()
    {
        var (_, head) = PullRequest();
        await using var stack = await StandaloneStack.StartAsync(await postgres.CreateDatabaseAsync(), []);

        var task = await EndAsync(stack);

        Assert.Equal(TaskState.Succeeded, task.Summary.State);
        Assert.Equal("no model read the diff; 1 test newly fails; 1 passes as before", task.Summary.Reason);
        Assert.StartsWith("**No model read this change**", task.Review!.Summary, StringComparison.Ordinal);
        Assert.Equal((false, head), (task.Review.ReadByModel, task.Review.HeadCommit));
        Assert.Empty(task.Review.Comments);
        Assert.Equal(["test_calc.TestCalc.test_add"], task.Review.Evidence!.NewlyFailing);
    }

    /// <inheritdoc />
    public void Dispose() => repository.Dispose();

    // As GitHub keeps it: no branch of the repository has the commits, and the base has moved on meanwhile.
    private (string Start, string Head) PullRequest()
    {
        var start = repository.Git("rev-parse", "HEAD").Trim();
        repository.Git("checkout", "-q", "--detach");
        var head = repository.Commit("Simplify", ("calc.py", "def add(a, b):\n    return a - b\n\n\ndef mean(items):\n    return sum(items) / len(items)\n"));
        repository.Git("update-ref", "refs/pull/7/head", head);
        repository.Git("checkout", "-q", "main");
        repository.Commit("Meanwhile", ("README.md", "Meanwhile\n"));
        return (start, head);
    }

    private async Task<TaskDetail> EndAsync(StandaloneStack stack)
    {
        var submission = new SubmitTaskRequest(repository.Path, "Look at the arithmetic", "python3 -m unittest", TimeoutSeconds: 120) { Kind = TaskKind.Review, HeadRef = "refs/pull/7/head" };
        var task = await stack.Api.EndAsync((await stack.Api.SubmitAsync(submission)).Summary.Id);
        output.WriteLine(task.Summary.Reason ?? "");
        output.WriteLine(stack.Folder.Output());
        return task;
    }
}
