using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Stack;
using CodexService.Testing;
using CodexService.Testing.ScriptedModels;
using Xunit.Abstractions;
using static CodexService.Integration.Tests.ModelBrain.AddTask;

namespace CodexService.Integration.Tests.ModelBrain;

/// <summary>What people configure wrong, as a task's outcome says it: one line with what was wrong and what to do.</summary>
[Collection(ModelStackTests.Name)]
public sealed class BadInputTests(ModelStackFixture fixture, ITestOutputHelper output) : IDisposable
{
    private readonly PostgresFixture postgres = new();
    private readonly TestRepository repository = TestRepository.With(
        ("AGENTS.md", string.Concat(Enumerable.Repeat("Amounts are whole cents.\n", 200_000))),
        ("calc.py", "def add(a, b):\n    return a - b\n"),
        ("test_calc.py", "from calc import add\n\n\ndef test_add():\n    assert add(2, 3) == 5\n"));

    [Fact]
    public async Task Endpoint_WrongInAnyWay_TaskFailsWithOneLineThatSaysWhatToDo()
    {
        await using var small = await ScriptedModelServer.StartAsync(new ScriptedModelOptions { ContextTokens = 2048 });
        await using var large = await ScriptedModelServer.StartAsync(_ => ScriptedTurn.ContextTooLong(8192, 9000));
        await using var locked = await ScriptedModelServer.StartAsync(new ScriptedModelOptions { Key = "sk-right" });
        await using var page = await ScriptedModelServer.StartAsync(_ => ScriptedTurn.WebPage());
        await using var hung = await ScriptedModelServer.StartAsync(_ => ScriptedTurn.Hang());
        await using var printer = await ScriptedModelServer.StartAsync(_ => new ScriptedTurn { Body = "PC LOAD LETTER", BodyType = "text/plain" });
        using var gone = new RefusingPort();
        (string Name, string Url, string Model, string[] Says)[] wrong =
        [
            ("small", small.BaseUrl, "scripted", ["the first prompt needs", "takes 2,048: serve it with a larger context"]),
            ("large", large.BaseUrl, "scripted", ["takes fewer tokens than the prompt's about", "maximum context length is 8192", "Models:Named:1:ContextTokens"]),
            ("locked", locked.BaseUrl, "scripted", ["wants a key (401): set Models:Named:2:Key"]),
            ("unknown", printer.BaseUrl, "other", ["is not known there", "correct Models:Named:3:Model"]),
            ("page", page.BaseUrl, "scripted", ["it answered with a web page", "Correct Models:Named:4:Url"]),
            ("root", printer.RootUrl + "/api", "scripted", ["is not a model's API: 404", "Is Models:Named:5:Url missing /v1 at its end?"]),
            ("hung", hung.BaseUrl, "scripted", ["went silent: no token came within 8 s", "Models:FirstTokenTimeout"]),
            ("printer", printer.BaseUrl, "scripted", ["it answered \"PC LOAD LETTER\" in place of a stream of events"]),
            ("gone", $"http://127.0.0.1:{gone.Number}/v1", "scripted", ["does not answer: Connection refused", "correct Models:Named:8:Url"]),
            ("lost", "http://no-such-host.invalid/v1", "scripted", ["the host name no-such-host.invalid does not resolve"]),
        ];
        await using var stack = await StandaloneStack.StartAsync(
            await postgres.CreateDatabaseAsync(),
            [
                .. wrong.SelectMany((one, i) => Named(i, one.Name, one.Url, one.Model)),
                ("Models__FirstTokenTimeout", "00:00:08"),
                ("Models__RetryDelay", "00:00:00.05"),
            ]);

        foreach (var (name, _, _, says) in wrong)
        {
            var task = await EndAsync(stack, Submission() with { Model = name });

            var reason = task.Summary.Reason!;
            Assert.True(task.Summary.State == TaskState.Failed, $"{name}: {task.Summary.State}, {reason}");
            Assert.All(says, part => Assert.Contains(part, reason, StringComparison.Ordinal));
            Assert.DoesNotContain('\n', reason);
            Assert.Contains(await stack.Api.LogAsync(task.Summary.Id), entry => entry.Message.Contains(says[0], StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Tests_NeedWhatTheImageLacks_ModelStillWorksAndTheVerdictSaysWhatCouldNotBeRun()
    {
        await using var model = await ScriptedModelServer.StartAsync(Edit, ScriptedTurn.Call("run_tests", new { }), Submit);
        await using var stack = fixture.With(model);

        var task = await EndAsync(stack, Submission() with { TestCommand = "cargo test" });

        Assert.Equal(TaskState.NoChange, task.Summary.State);
        Assert.Contains("the test command 'cargo test' cannot be run: ", task.Summary.Reason, StringComparison.Ordinal);
        Assert.Contains("cargo: command not found; the sandbox seems to lack what the tests need", task.Summary.Reason, StringComparison.Ordinal);
        Assert.Contains("+    return a + b\n", task.Patch, StringComparison.Ordinal);
        Assert.Contains("cargo: command not found", model.Requests[2].LastText, StringComparison.Ordinal);
        var log = await stack.Api.LogAsync(task.Summary.Id);
        Assert.Contains(log, entry => entry.Message.StartsWith("before: cargo test ended with 127", StringComparison.Ordinal));
        Assert.Contains(log, entry => entry.Message.StartsWith("AGENTS.md has 5,000,000 bytes; the model gets its first 8,000 characters", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Template_WantsUserAndAssistantInTurn_TaskEndsVerified()
    {
        await using var model = await ScriptedModelServer.StartAsync(
            new ScriptedModelOptions { StrictTurns = true }, ScriptedTurn.Say("Let me think."), Edit, ScriptedTurn.Call("run_tests", new { }), Submit);
        await using var stack = await StandaloneStack.StartAsync(await postgres.CreateDatabaseAsync(), Named(0, "scripted", model.BaseUrl, "scripted"));

        var task = await EndAsync(stack, Submission());

        Assert.True(task.Summary.State == TaskState.Succeeded, task.Summary.Reason);
    }

    /// <inheritdoc />
    public void Dispose() => repository.Dispose();

    private static (string Name, string Value)[] Named(int index, string name, string url, string model) =>
    [
        ($"Models__Named__{index}__Name", name),
        ($"Models__Named__{index}__Url", url),
        ($"Models__Named__{index}__Model", model),
    ];

    private async Task<TaskDetail> EndAsync(StandaloneStack stack, SubmitTaskRequest submission)
    {
        var task = await stack.Api.EndAsync((await stack.Api.SubmitAsync(submission)).Summary.Id);
        output.WriteLine($"{task.Summary.State}: {task.Summary.Reason}");
        return task;
    }

    private SubmitTaskRequest Submission() => new(repository.Path, "add subtracts; make it add", "python3 -m pytest -q", TimeoutSeconds: 600);
}
