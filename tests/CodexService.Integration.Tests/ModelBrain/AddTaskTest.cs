using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Stack;
using CodexService.Testing;
using CodexService.Testing.ScriptedModels;
using Xunit.Abstractions;

namespace CodexService.Integration.Tests.ModelBrain;

/// <summary>Rounds of <see cref="AddTask"/>: the whole service, with a scripted model behind a real HTTP endpoint.</summary>
[Collection(ModelStackTests.Name)]
public abstract class AddTaskTest(ModelStackFixture fixture, ITestOutputHelper output) : IDisposable
{
    private protected TestRepository Repository { get; } = AddTask.Repository();

    /// <inheritdoc />
    public void Dispose() => Repository.Dispose();

    private protected StandaloneStack With(ScriptedModelServer model) => fixture.With(model);

    private protected SubmitTaskRequest Submission() => new(Repository.Path, "add subtracts; make it add", "python3 -m pytest -q", TimeoutSeconds: 600);

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
