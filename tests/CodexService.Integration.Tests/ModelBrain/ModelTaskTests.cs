using System.Net;
using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Repositories;
using CodexService.Integration.Tests.Stack;
using CodexService.Testing;
using CodexService.Testing.ScriptedModels;
using Xunit.Abstractions;
using static CodexService.Integration.Tests.ModelBrain.AddTask;

namespace CodexService.Integration.Tests.ModelBrain;

/// <summary>Tasks that a model works on: the whole service, with a scripted model behind a real HTTP endpoint.</summary>
[Collection(ModelStackTests.Name)]
public sealed class ModelTaskTests(ModelStackFixture fixture, ITestOutputHelper output) : IDisposable
{
    private const string TestCommand = "python3 -m pytest -q";
    private const string Key = ModelStackFixture.Key;
    private const string BugFix = "Reproduce the bug first: the failing test, or a new test";

    private readonly PostgresFixture postgres = new();
    private readonly TestRepository repository = AddTask.Repository();

    [Fact]
    public async Task Task_ModelTakesWrongTurnsFirst_EndsVerifiedWithAPullRequest()
    {
        await using var model = await ScriptedModelServer.StartAsync(
            new ScriptedModelOptions { Key = Key },
            ScriptedTurn.Call("view", new { path = "calculator.py" }),
            ScriptedTurn.Call("look", new { at = "everything" }),
            View,
            ScriptedTurn.Call("edit", new { path = "calc.py", old = "return a * b", @new = "return a + b" }),
            ScriptedTurn.Call("edit", new { path = "calc.py", old = "return a - b", @new = "return (a + b" }),
            ScriptedTurn.TooManyRequests("0"),
            Edit,
            RunTests,
            Submit);
        await using var stack = fixture.With(model);

        var task = await EndAsync(stack);

        Assert.Equal((TaskState.Succeeded, "model"), (task.Summary.State, task.Summary.Brain));
        Assert.Contains("+    return a + b\n", task.Patch, StringComparison.Ordinal);
        Assert.Equal(["test_calc.py::test_add"], task.Verification!.FailToPass);
        Assert.StartsWith("Add instead of subtracting", task.PullRequest!.Title, StringComparison.Ordinal);
        Assert.True(task.Usage is { InputTokens: > 0, OutputTokens: > 0 }, $"{task.Usage}");
        repository.AssertPublishedOnce(task.Branch!, task.HeadCommit!);

        var log = await stack.Api.LogAsync(task.Summary.Id);
        Assert.Equal(8, log.Count(entry => entry.Type == TaskEventTypes.TurnFinished));
        Assert.Contains(log, entry => entry.Message.StartsWith("Turn 5: edit calc.py", StringComparison.Ordinal));
        Assert.DoesNotContain(Key, string.Concat(log.Select(entry => $"{entry.Message}{entry.Data}")), StringComparison.Ordinal);
        Assert.DoesNotContain(Key, stack.Folder.Output(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_KilledBetweenTwoTurns_GoesOnWithoutAskingAgainForWhatIsDone()
    {
        // The third request hangs for the process that is killed, and is answered to the one that comes after it.
        var asked = 0;
        await using var model = await ScriptedModelServer.StartAsync(_ => Interlocked.Increment(ref asked) switch
        {
            1 => View,
            2 => Edit,
            3 => ScriptedTurn.Hang(),
            4 => RunTests,
            _ => Submit,
        });
        var database = await postgres.CreateDatabaseAsync();
        Guid id;
        await using (var first = await StartAsync(model, database))
        {
            id = (await first.Api.SubmitAsync(Submission())).Summary.Id;
            await model.NextRequestAsync();
            await model.NextRequestAsync();
            await model.NextRequestAsync();
            await first.Folder.KillAsync(first.Process);
        }

        await Leases.RunOutAsync(database);
        await using var second = await StartAsync(model, database);
        var task = await second.Api.EndAsync(id);
        output.WriteLine(second.Folder.Output());

        Assert.Equal(TaskState.Succeeded, task.Summary.State);
        Assert.Contains("+    return a + b\n", task.Patch, StringComparison.Ordinal);
        Assert.Equal(2, task.Attempts.Single().Epoch);
        Assert.Equal(5, asked);
    }

    [Fact]
    public async Task Task_NamesModelAndTemplate_ThatModelIsAskedWithTheTemplate_ElseTheOneOfTheRepositorysEnvironment()
    {
        await using var small = await ScriptedModelServer.StartAsync(ScriptedTurn.Say("not asked"));
        await using var large = await ScriptedModelServer.StartAsync(View, Edit, RunTests, Submit);
        await using var named = await ScriptedModelServer.StartAsync(View, Edit, RunTests, Submit);
        var submission = Submission();
        await using var stack = await StandaloneStack.StartAsync(
            await postgres.CreateDatabaseAsync(),
            [
                .. Named(0, "small", small), .. Named(1, "large", large), .. Named(2, "team/large:2", named),
                ("Environments__0__Name", "here"), ("Environments__0__Repositories__0", $"{submission.Repository}*"), ("Environments__0__Model", "large"),
            ]);

        var usual = await EndAsync(stack, submission);
        var task = await EndAsync(stack, submission with { Model = "team/large:2", Template = "bug-fix" });

        Assert.Equal(TaskState.Succeeded, usual.Summary.State);
        Assert.Equal((TaskState.Succeeded, "model"), (task.Summary.State, task.Summary.Brain));
        Assert.Equal(("team/large:2", "bug-fix"), (task.Model, task.Template));
        Assert.Equal((4, 4), (large.Requests.Count, named.Requests.Count));
        Assert.Contains(BugFix, string.Join('\n', named.Requests[0].Messages.Select(ScriptedRequest.TextOf)), StringComparison.Ordinal);

        // A model that is not configured, and one for the brain that asks none.
        using var unknown = await stack.Api.PostAsync("/api/tasks", submission with { Model = "larger" });
        using var repair = await stack.Api.PostAsync("/api/tasks", submission with { Model = "small", Brain = BrainChoice.Repair });

        Assert.Equal("No model is called \"larger\": configured are small, large, team/large:2.", (await ApiClient.ReadAsync<Problem>(unknown, HttpStatusCode.BadRequest)).Title);
        Assert.StartsWith("The model \"small\" is asked for, and the repair brain asks none", (await ApiClient.ReadAsync<Problem>(repair, HttpStatusCode.BadRequest)).Title, StringComparison.Ordinal);
        Assert.Empty(small.Requests);
    }

    [Fact]
    public async Task Task_NeedsWhatAnotherWorkerHas_IsLeftToItAndEndsWithOneLineWhenThatIsGone()
    {
        var database = await postgres.CreateDatabaseAsync();
        await using var stack = await StandaloneStack.StartAsync(database);

        // Another worker that is up has a model, so the tasks are taken. What asks for it waits for that worker; this one claims the other.
        await Sql.ExecuteAsync(database, "INSERT INTO workers (name, prefers_repair, models, seen_at) VALUES ('other', false, '{small}', clock_timestamp() + interval '1 hour')");
        using var scripts = TestRepository.With(("package.json", "{}"));
        var waiting = await stack.Api.SubmitAsync(Submission() with { Model = "small" });
        var script = await EndAsync(stack, new SubmitTaskRequest(scripts.Path, "sum subtracts", "npm test"));
        Assert.Equal(TaskState.Queued, (await stack.Api.TaskAsync(waiting.Summary.Id)).Summary.State);

        await Sql.ExecuteAsync(database, "DELETE FROM workers WHERE name = 'other'");
        var named = await stack.Api.EndAsync(waiting.Summary.Id);

        Assert.Equal((TaskState.Failed, TaskState.Failed), (named.Summary.State, script.Summary.State));
        Assert.StartsWith("the model \"small\" is asked for, and no model is configured: set CODEX_MODEL_URL", named.Summary.Reason, StringComparison.Ordinal);
        Assert.StartsWith("no model is configured, and without one only Python code can be worked on", script.Summary.Reason, StringComparison.Ordinal);
        foreach (var id in new[] { named.Summary.Id, script.Summary.Id })
        {
            Assert.DoesNotContain(await stack.Api.LogAsync(id), entry => entry.Message.Contains("sandbox", StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public async Task Task_NamesAModel_WorkerPrefersRepair_IsRefusedInOneLine()
    {
        await using var small = await ScriptedModelServer.StartAsync(ScriptedTurn.Say("not asked"));
        await using var repairing = await StandaloneStack.StartAsync(await postgres.CreateDatabaseAsync(), [.. Named(0, "small", small), ("CODEX_BRAIN", "repair")]);

        using var other = await repairing.Api.PostAsync("/api/tasks", Submission() with { Model = "small" });

        Assert.StartsWith(
            "The model \"small\" is asked for, and CODEX_BRAIN is repair where the worker runs", (await ApiClient.ReadAsync<Problem>(other, HttpStatusCode.BadRequest)).Title, StringComparison.Ordinal);
        Assert.Empty(small.Requests);
    }

    [Fact]
    public async Task Key_Wrong_FailsWithOneLineThatSaysWhatToDo()
    {
        await using var model = await ScriptedModelServer.StartAsync(ScriptedTurn.WrongKey());
        await using var stack = fixture.With(model);

        var task = await EndAsync(stack);

        Assert.Equal(TaskState.Failed, task.Summary.State);
        Assert.Contains("CODEX_MODEL_KEY", task.Summary.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', task.Summary.Reason!);
        Assert.Empty(repository.CodexBranches());
    }

    [Fact]
    public async Task Model_GoesInCircles_EndsWithoutAPatchAndSaysSo()
    {
        await using var model = await ScriptedModelServer.StartAsync(_ => View);
        await using var stack = fixture.With(model);

        var task = await EndAsync(stack);

        Assert.Equal(TaskState.NoChange, task.Summary.State);
        Assert.StartsWith("stuck:", task.Summary.Reason, StringComparison.Ordinal);
        Assert.Empty(repository.CodexBranches());
    }

    [Fact]
    public async Task Doctor_ModelAnswers_SaysWhatWorks()
    {
        await using var model = await ScriptedModelServer.StartAsync(
            new ScriptedModelOptions { Key = Key, ContextTokens = 32_768 }, ScriptedTurn.Call("answer", new { number = 4 }), ScriptedTurn.Say("4"));
        await using var folder = new StackFolder();

        var doctor = HostProcess.Start("Standalone", folder.Path, folder.Name, Settings(model), "examine-models");

        Assert.Equal(0, await doctor.ExitCodeAsync());
        Assert.All(doctor.Output, line => Assert.StartsWith("default\tok\t", line, StringComparison.Ordinal));
        Assert.Contains(doctor.Output, line => line.Contains("32768 tokens", StringComparison.Ordinal));
        Assert.DoesNotContain(doctor.Output, line => line.Contains(Key, StringComparison.Ordinal));
    }

    /// <inheritdoc />
    public void Dispose() => repository.Dispose();

    private static Dictionary<string, string> Settings(ScriptedModelServer model) => new(StringComparer.Ordinal)
    {
        ["CODEX_MODEL_URL"] = model.BaseUrl,
        ["CODEX_MODEL"] = "scripted",
        ["CODEX_MODEL_KEY"] = Key,
    };

    private static Task<StandaloneStack> StartAsync(ScriptedModelServer model, string database) => StandaloneStack.StartAsync(
        database,
        [
            .. Settings(model).Select(setting => (setting.Key, setting.Value)),
            ("Models__RetryDelay", "00:00:00.1"),
            ("Leases__HeartbeatInterval", "00:00:02"),
            ("Leases__RescueInterval", "00:00:00.5"),
        ]);

    private static (string Name, string Value)[] Named(int index, string name, ScriptedModelServer model) =>
    [
        ($"Models__Named__{index}__Name", name),
        ($"Models__Named__{index}__Url", model.BaseUrl),
        ($"Models__Named__{index}__Model", "scripted"),
    ];

    private async Task<TaskDetail> EndAsync(StandaloneStack stack, SubmitTaskRequest? submission = null)
    {
        var task = await stack.Api.EndAsync((await stack.Api.SubmitAsync(submission ?? Submission())).Summary.Id);
        output.WriteLine(task.Summary.Reason ?? "");
        output.WriteLine(stack.Folder.Output());
        return task;
    }

    private SubmitTaskRequest Submission() => new(repository.Path, "add subtracts; make it add", TestCommand, TimeoutSeconds: 600);
}
