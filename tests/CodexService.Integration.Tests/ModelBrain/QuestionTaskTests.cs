using System.Net;
using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Repositories;
using CodexService.Integration.Tests.Stack;
using CodexService.Testing;
using CodexService.Testing.ScriptedModels;
using Xunit.Abstractions;

namespace CodexService.Integration.Tests.ModelBrain;

/// <summary>Questions, replays and patches that change tests: the whole service, with a scripted model behind a real HTTP endpoint.</summary>
[Collection(ModelStackTests.Name)]
public sealed class QuestionTaskTests(ModelStackFixture fixture, ITestOutputHelper output) : IDisposable
{
    private const string Key = ModelStackFixture.Key;

    private readonly TestRepository repository = AddTask.Repository();

    [Fact]
    public async Task Question_Answered_TellsTheAnswerAndPublishesNothing()
    {
        await using var model = await ScriptedModelServer.StartAsync(
            new ScriptedModelOptions { Key = Key },
            ScriptedTurn.Call("view", new { path = "calc.py" }),
            ScriptedTurn.Call("shell", new { command = "echo 'x = 1' > calc.py; seq 9 > new.py; git add -A; git -c user.name=a -c user.email=a@a commit -qm changed" }),
            ScriptedTurn.Call("submit", new { answer = "It subtracts: `calc.py:2`, see [the test](test_calc.py:5) and new.py:3." }),
            ScriptedTurn.Call("submit", new { answer = "It subtracts: `calc.py:2`, see [the test](test_calc.py:5), not calc.py:7." }),
            ScriptedTurn.Call("submit", new { answer = "It subtracts: `calc.py:2`, see [the test](test_calc.py:5), not calc.py:7." }));
        await using var stack = fixture.With(model);
        var head = repository.Git("rev-parse", "HEAD").Trim();

        var task = await EndAsync(stack, new SubmitTaskRequest(repository.Path, "What does add do wrong?", TimeoutSeconds: 600) { Kind = TaskKind.Ask });

        Assert.Equal((TaskState.Succeeded, TaskKind.Ask, "answered", "model"), (task.Summary.State, task.Summary.Kind, task.Summary.Reason, task.Summary.Brain));
        Assert.StartsWith("It subtracts:", task.Answer, StringComparison.Ordinal);
        Assert.Equal(
            [new AnswerReference("calc.py", 2, null, true), new AnswerReference("test_calc.py", 5, null, true), new AnswerReference("calc.py", 7, null, false)],
            task.References);
        Assert.Equal(head, task.BaseCommit);
        Assert.Null(task.Patch);
        Assert.Null(task.PullRequest);
        Assert.Empty(repository.CodexBranches());
        Assert.Equal(head, repository.Git("rev-parse", "HEAD").Trim());
        Assert.Equal(("default", 64), (task.Attempts.Single().Prompts!.Model, task.Attempts.Single().Prompts!.Hash.Length));
        var log = await stack.Api.LogAsync(task.Summary.Id);
        Assert.Equal(["calc.py:7"], log.Single(entry => entry.Type == TaskEventTypes.QuestionAnswered).Data!.Value.GetProperty("missing").EnumerateArray().Select(one => one.GetString()));
        Assert.DoesNotContain(log, entry => entry.Type is TaskEventTypes.PatchVerified or TaskEventTypes.PullRequestOpened);
        Assert.Contains("new.py:3: there is no such file", string.Join('\n', model.Requests[3].Messages.Select(ScriptedRequest.TextOf)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_OfAnExportedAttempt_IsTheSameWithoutAModel()
    {
        await using var model = await ScriptedModelServer.StartAsync(
            new ScriptedModelOptions { Key = Key },
            ScriptedTurn.Call("view", new { path = "calc.py" }),
            ScriptedTurn.Call("edit", new { path = "calc.py", old = "return a - b", @new = "return a + b" }),
            ScriptedTurn.Call("run_tests", new { }),
            ScriptedTurn.Call("submit", new { title = "Add", summary = "It subtracted." }));
        await using var stack = fixture.With(model);
        var change = new SubmitTaskRequest(repository.Path, "add subtracts; make it add", "python3 -m pytest -q", TimeoutSeconds: 600);
        var task = await EndAsync(stack, change);
        var repaired = await EndAsync(stack, change with { Brain = BrainChoice.Repair, TestCommand = "true" });
        var asked = model.Requests.Count;

        using var response = await stack.Api.GetAsync($"/api/tasks/{task.Summary.Id}/attempts/1/replay");
        var bundle = await response.Content.ReadAsStringAsync();
        using var refused = await stack.Api.GetAsync($"/api/tasks/{repaired.Summary.Id}/attempts/1/replay");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.DoesNotContain(Key, bundle, StringComparison.Ordinal);
        Assert.DoesNotContain(model.BaseUrl, bundle, StringComparison.Ordinal);
        Assert.Contains("repair brain, which asks no model", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        var file = Path.Combine(stack.Folder.Path, "attempt.json");
        await File.WriteAllTextAsync(file, bundle);
        await using var same = Replay(stack, "same", file, "--prompts");
        Assert.True(await same.ExitCodeAsync() == 0, string.Join('\n', same.Output));
        Assert.Contains("tools: as recorded", same.Output);
        Assert.Contains("patch: as recorded", same.Output);
        Assert.Contains("prompts: the opening is as recorded, the same prompt files", same.Output);
        Assert.Equal(asked, model.Requests.Count);

        await File.WriteAllTextAsync(file, bundle.Replace("return a \\u002B b", "return a * b", StringComparison.Ordinal).Replace("return a + b", "return a * b", StringComparison.Ordinal));
        await using var other = Replay(stack, "other", file);
        Assert.True(await other.ExitCodeAsync() == 2, string.Join('\n', other.Output));

        await File.WriteAllTextAsync(file, "{}");
        await using var broken = Replay(stack, "broken", file);
        Assert.Equal(1, await broken.ExitCodeAsync());
        Assert.Equal(["codex-service: this is not a replay bundle: format, settings or the opening are missing"], broken.Output);
    }

    [Fact]
    public async Task Change_OfTheFailingTestItself_IsToldInVerdictAndPullRequest()
    {
        await using var model = await ScriptedModelServer.StartAsync(
            ScriptedTurn.Call("edit", new { path = "test_calc.py", old = "== 5", @new = "== -1" }),
            ScriptedTurn.Call("run_tests", new { }),
            ScriptedTurn.Call("submit", new { title = "Expect what add does", summary = "Done." }));
        await using var stack = fixture.With(model);

        var task = await EndAsync(stack, new SubmitTaskRequest(repository.Path, "add subtracts; make it add", "python3 -m pytest -q", TimeoutSeconds: 600));

        Assert.Equal(TaskState.Succeeded, task.Summary.State);
        Assert.Equal([new ChangedTestFile("test_calc.py", TestFileChange.Modified)], task.Verification!.ChangedTests);
        Assert.Equal(["test_calc.py::test_add"], task.Verification.ChangedFailToPass);
        Assert.Contains("the patch changes 1 test file: review it", task.Verification.Reason, StringComparison.Ordinal);
        Assert.Contains("## The patch changes tests", task.PullRequest!.Body, StringComparison.Ordinal);
        var log = await stack.Api.LogAsync(task.Summary.Id);
        Assert.Equal("test_calc.py", log.Single(entry => entry.Type == TaskEventTypes.PatchVerified).Data!.Value.GetProperty("changed_tests")[0].GetProperty("path").GetString());
    }

    /// <inheritdoc />
    public void Dispose() => repository.Dispose();

    private static HostProcess Replay(StandaloneStack stack, string name, params string[] arguments) => HostProcess.Start(
        "Standalone",
        Directory.CreateDirectory(Path.Combine(stack.Folder.Path, $"replay-{name}")).FullName,
        stack.Folder.Name,
        new Dictionary<string, string>(StringComparer.Ordinal) { ["CODEX_DATA"] = Path.Combine(stack.Folder.Path, "replays") },
        ["replay-bundle", .. arguments]);

    private async Task<TaskDetail> EndAsync(StandaloneStack stack, SubmitTaskRequest submission)
    {
        var task = await stack.Api.EndAsync((await stack.Api.SubmitAsync(submission)).Summary.Id);
        output.WriteLine(task.Summary.Reason ?? "");
        output.WriteLine(stack.Folder.Output());
        return task;
    }
}
