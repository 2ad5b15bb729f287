using CodexService.Contracts.Api;
using CodexService.Integration.Tests.Stack;
using CodexService.Testing;
using Xunit.Abstractions;
using CodexService.Integration.Tests.ModelBrain;

namespace CodexService.Integration.Tests.LlamaCpp;

/// <summary>
/// The service with a model that nobody scripted. It talks nonsense, so nothing good can come of it; what is looked at is that
/// tokenizer, chat template and stream of another program are understood, and that the attempt ends by itself.
/// </summary>
public sealed class LlamaModelTests(LlamaEndpoint endpoint, ITestOutputHelper output) : IClassFixture<LlamaEndpoint>, IDisposable
{
    private readonly PostgresFixture postgres = new();
    private readonly TestRepository repository = AddTask.Repository();

    [LlamaFact]
    public async Task Doctor_ModelOfLlamaCpp_SaysWhatItIs()
    {
        await using var folder = new StackFolder();

        var doctor = HostProcess.Start(
            "Standalone", folder.Path, folder.Name, endpoint.Settings.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal), "examine-models");
        var code = await doctor.ExitCodeAsync();

        output.WriteLine(string.Join('\n', doctor.Output));
        Assert.Equal(0, code);
        Assert.Contains(doctor.Output, line => line.Contains("reachable: random at", StringComparison.Ordinal));
        Assert.Contains(doctor.Output, line => line.Contains("streams: first token after", StringComparison.Ordinal));
        Assert.Contains(doctor.Output, line => line.Contains("tool calls: as text, and the model made none when told to", StringComparison.Ordinal));
        Assert.Contains(doctor.Output, line => line.Contains("context: 32768 tokens (told by the endpoint)", StringComparison.Ordinal));
    }

    [LlamaFact]
    public async Task Task_ModelTalksNonsense_IsSeenToBeStuckAndEnds_AlsoWithTheLimitThatIsReachedFirst()
    {
        await using var stack = await StandaloneStack.StartAsync(await postgres.CreateDatabaseAsync(), endpoint.Settings);

        var task = await EndAsync(stack, Submission());

        Assert.Equal(TaskState.NoChange, task.Summary.State);
        Assert.StartsWith("stuck: ", task.Summary.Reason, StringComparison.Ordinal);
        Assert.True(task.Usage is { InputTokens: > 3000, CachedInputTokens: > 1000, OutputTokens: > 0 }, $"{task.Usage}");
        Assert.True(string.IsNullOrEmpty(task.Patch), task.Patch);

        var limited = await EndAsync(stack, Submission() with { Limits = new TaskLimits(Turns: 1) });

        Assert.Equal((TaskState.NoChange, "the budget of 1 turn is used up"), (limited.Summary.State, limited.Summary.Reason));
    }

    /// <inheritdoc />
    public void Dispose() => repository.Dispose();

    private SubmitTaskRequest Submission() => new(repository.Path, "add subtracts; make it add", "python3 -m pytest -q", TimeoutSeconds: 1800);

    private async Task<TaskDetail> EndAsync(StandaloneStack stack, SubmitTaskRequest submission)
    {
        var task = await stack.Api.EndAsync((await stack.Api.SubmitAsync(submission)).Summary.Id);
        output.WriteLine($"{task.Summary.State}: {task.Summary.Reason}; {task.Usage}");
        foreach (var entry in await stack.Api.LogAsync(task.Summary.Id))
        {
            output.WriteLine(entry.Message);
        }

        return task;
    }
}
