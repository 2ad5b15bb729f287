using CodexService.Benchmarks.Measuring;
using CodexService.Benchmarks.Running;
using CodexService.Contracts.Api;
using CodexService.Samples;

namespace CodexService.Benchmarks.Submissions;

/// <summary>From a submission to the first commands inside of the task's sandbox.</summary>
internal sealed class SubmitBenchmark : IBenchmark
{
    private const int WarmUp = 2;
    private const int InTurn = 5;

    public string Name => "submit";

    public string Method =>
        "From just before `POST /api/tasks` (the sample repository, a warm image, a running service with its private"
        + " PostgreSQL) until a client that follows the task reads the event that its sandbox is ready: claimed, checked"
        + " out, uploaded, and the first two commands (unpacking the tree, recording its baseline) done inside. Beside it,"
        + " in turn, `docker run --rm --network none <image> true`. Each task is cancelled before the next.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Plan plan, CancellationToken cancellationToken)
    {
        var comparison = new Comparison("submit to first command", "docker run", "ms");
        using var scratch = new ScratchFolder();
        var repository = scratch.File("users-api");
        await SampleRepository.CreateAsync(repository, SeededBug.Demo, cancellationToken);
        await using var service = await ServiceProcess.StartAsync("CodexService.Standalone", Settings(scratch), cancellationToken);
        using var http = service.NewClient();
        var tasks = new TaskClient(http);
        var request = new SubmitTaskRequest(repository, SeededBug.Demo.Prompt, SampleRepository.TestCommand, Brain: BrainChoice.Repair);
        for (var i = 0; i < WarmUp; i++)
        {
            await tasks.CancelAsync(await ReadyAsync(tasks, request, cancellationToken), cancellationToken);
        }

        for (var run = 1; run <= plan.Runs; run++)
        {
            plan.Say($"run {run} of {plan.Runs}");
            comparison.Add(await MediansAsync(tasks, request, cancellationToken));
        }

        return [comparison.TimesAsLong("from a submission to the first command in its sandbox", Bound.RatioAtMost(2))];
    }

    /// <summary>The settings of a service that shares nothing with another.</summary>
    public static Dictionary<string, string> Settings(ScratchFolder scratch) => new(StringComparer.Ordinal)
    {
        ["CODEX_DATA"] = scratch.File("data"),
        ["CODEX_DATABASE"] = "",
        ["CODEX_RABBITMQ"] = "",
        ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
    };

    private static async Task<(double Ours, double Docker)> MediansAsync(TaskClient tasks, SubmitTaskRequest request, CancellationToken cancellationToken)
    {
        var dockers = new List<double>();
        var ours = new List<double>();
        for (var i = 0; i < InTurn; i++)
        {
            dockers.Add((await Timing.OfAsync(() => ProgramRun.DockerRunAsync(cancellationToken))).TotalMilliseconds);
            var task = Guid.Empty;
            ours.Add((await Timing.OfAsync(async () => task = await ReadyAsync(tasks, request, cancellationToken))).TotalMilliseconds);
            await tasks.CancelAsync(task, cancellationToken);
        }

        return (Spread.Of(ours).Median, Spread.Of(dockers).Median);
    }

    private static async Task<Guid> ReadyAsync(TaskClient tasks, SubmitTaskRequest request, CancellationToken cancellationToken)
    {
        var task = await tasks.SubmitAsync(request, cancellationToken);
        await tasks.WaitForAsync(task, IsReady, cancellationToken);
        return task;
    }

    // The one entry of the stage that says how long it took.
    private static bool IsReady(TaskEventInfo entry) =>
        entry is { Type: TaskEventTypes.Progressed, Data: { } data }
        && data.TryGetProperty("stage", out var stage) && stage.ValueEquals("sandbox")
        && data.TryGetProperty("seconds", out _);
}
