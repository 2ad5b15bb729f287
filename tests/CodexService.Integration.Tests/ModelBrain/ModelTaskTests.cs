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

        await using var second = await StartAsync(model, database);
        var task = await second.Api.EndAsync(id);
        output.WriteLine(second.Folder.Output());

        Assert.Equal(TaskState.Succeeded, task.Summary.State);
        Assert.Contains("+    return a + b\n", task.Patch, StringComparison.Ordinal);
        Assert.Equal(2, task.Attempts.Single().Epoch);
        Assert.Equal(5, asked);
    }

    [Fact]
    public async Task Task_NamesModelAndTemplate_ThatModelIsAskedWithTheTemplate()
    {
        await using var small = await ScriptedModelServer.StartAsync(ScriptedTurn.Say("not asked"));
        await using var large = await ScriptedModelServer.StartAsync(View, Edit, RunTests, Submit);
        await using var stack = await StandaloneStack.StartAsync(await postgres.CreateDatabaseAsync(), [.. Named(0, "small", small), .. Named(1, "team/large:2", large)]);

        var task = await EndAsync(stack, Submission() with { Model = "team/large:2", Template = "bug-fix" });

        Assert.Equal((TaskState.Succeeded, "model"), (task.Summary.State, task.Summary.Brain));
        Assert.Equal(("team/large:2", "bug-fix"), (task.Model, task.Template));
        Assert.Empty(small.Requests);
        Assert.Equal(4, large.Requests.Count);
        var prompt = string.Join('\n', large.Requests[0].Messages.Select(ScriptedRequest.TextOf));
        Assert.Contains(BugFix, prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Task_OfARepositoryWithAnEnvironment_AsksItsModelUnlessItNamesAnother()
    {
        await using var small = await ScriptedModelServer.StartAsync(View, Edit, RunTests, Submit);
        await using var large = await ScriptedModelServer.StartAsync(View, Edit, RunTests, Submit);
        var submission = Submission();
        await using var stack = await StandaloneStack.StartAsync(
            await postgres.CreateDatabaseAsync(),
            [
                .. Named(0, "small", small), .. Named(1, "large", large),
                ("Environments__0__Name", "here"), ("Environments__0__Repositories__0", $"{submission.Repository}*"), ("Environments__0__Model", "large"),
            ]);

        var usual = await EndAsync(stack, submission);
        var named = await EndAsync(stack, submission with { Model = "small" });

        Assert.Equal((TaskState.Succeeded, TaskState.Succeeded), (usual.Summary.State, named.Summary.State));
        Assert.Equal((4, 4), (large.Requests.Count, small.Requests.Count));
    }

    [Fact]
    public async Task Task_NamesAModelThatIsNotConfigured_FailsWithTheNamesThatAreBeforeASandboxIsStarted()
    {
        await using var small = await ScriptedModelServer.StartAsync(ScriptedTurn.Say("not asked"));
        await using var stack = await StandaloneStack.StartAsync(await postgres.CreateDatabaseAsync(), Named(0, "small", small));

        var unknown = await EndAsync(stack, Submission() with { Model = "large" });
        var repair = await EndAsync(stack, Submission() with { Model = "small", Brain = BrainChoice.Repair });

        Assert.Equal((TaskState.Failed, "No model is called \"large\". Configured are: small."), (unknown.Summary.State, unknown.Summary.Reason));
        Assert.DoesNotContain(await stack.Api.LogAsync(unknown.Summary.Id), entry => entry.Message.Contains("sandbox", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(TaskState.Failed, repair.Summary.State);
        Assert.StartsWith("the repair brain asks no model, but the task names the model \"small\"; submit", repair.Summary.Reason, StringComparison.Ordinal);
        Assert.Empty(small.Requests);
    }

    [Fact]
    public async Task Task_NamesAModel_WorkerPrefersRepair_FailsWithOneLine()
    {
        await using var small = await ScriptedModelServer.StartAsync(ScriptedTurn.Say("not asked"));
        await using var repairing = await StandaloneStack.StartAsync(await postgres.CreateDatabaseAsync(), [.. Named(0, "small", small), ("CODEX_BRAIN", "repair")]);

        var other = await EndAsync(repairing, Submission() with { Model = "small" });

        Assert.Equal(TaskState.Failed, other.Summary.State);
        Assert.StartsWith("CODEX_BRAIN of this worker is repair, but the task names the model \"small\"", other.Summary.Reason, StringComparison.Ordinal);
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
            ("Leases__Duration", "00:00:10"),
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

    private SubmitTaskRequest Submission() => new(repository.Path, "add subtracts; make it add", TestCommand, TimeoutSeconds: 120);
}
