using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Stack;
using CodexService.Testing;
using CodexService.Testing.ScriptedModels;
using Xunit.Abstractions;

namespace CodexService.Integration.Tests.ModelBrain;

/// <summary>Rounds of <see cref="AddTask"/>: the whole service, with a scripted model behind a real HTTP endpoint.</summary>
public abstract class AddTaskTest(ITestOutputHelper output) : IDisposable
{
    private readonly PostgresFixture postgres = new();

    private protected TestRepository Repository { get; } = AddTask.Repository();

    /// <inheritdoc />
    public void Dispose() => Repository.Dispose();

    private protected async Task<StandaloneStack> StartAsync(ScriptedModelServer model) => await StandaloneStack.StartAsync(
        await postgres.CreateDatabaseAsync(),
        [("CODEX_MODEL_URL", model.BaseUrl), ("CODEX_MODEL", "scripted"), ("Models__RetryDelay", "00:00:00.1")]);

    private protected SubmitTaskRequest Submission() => new(Repository.Path, "add subtracts; make it add", "python3 -m pytest -q", TimeoutSeconds: 120);

    // The end that comes after what is known already: each round has one of its own.
    private protected async Task<TaskDetail> EndAsync(StandaloneStack stack, Guid id, long after = 0)
    {
        await stack.Api.EventAsync(id, entry => entry.Type == TaskEventTypes.TaskFinished && entry.Seq > after);
        var task = await stack.Api.TaskAsync(id);
        output.WriteLine(task.Summary.Reason ?? "");
        output.WriteLine(stack.Folder.Output());
        return task;
    }
}
