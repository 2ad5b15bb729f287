using System.Text.Json;
using CodexService.Benchmarks.Measuring;
using CodexService.Benchmarks.Running;
using CodexService.Benchmarks.Submissions;
using CodexService.Contracts.Api;
using CodexService.Samples;

namespace CodexService.Benchmarks.Demos;

/// <summary>The demo, whole and without the start of its stack.</summary>
internal sealed class DemoBenchmark : IBenchmark
{
    public string Name => "demo";

    public string Method =>
        "`./codex demo` by the launcher with everything built, on an empty data folder: database, service, sample"
        + " repository, repair, verification in fresh sandboxes, local pull request, and the end of it all. Then the same"
        + " task alone on a stack that is up, from its submission to its pull request. Beside them:"
        + " `docker run --rm --network none <image> true`.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Plan plan, CancellationToken cancellationToken)
    {
        var demo = new Comparison("./codex demo", "docker run", "s");
        var task = new Comparison("the demo's task", "docker run", "s");
        var codex = Launcher();

        // Builds what changed since the last build; that is not what is measured.
        await ProgramRun.RunAsync([codex, "--version"], null, null, cancellationToken);
        for (var run = 1; run <= plan.Runs; run++)
        {
            plan.Say($"run {run} of {plan.Runs}");
            var docker = (await Timing.OfAsync(() => ProgramRun.DockerRunAsync(cancellationToken))).TotalSeconds;
            using (var scratch = new ScratchFolder())
            {
                demo.Add((await Timing.OfAsync(() => ProgramRun.RunAsync([codex, "demo"], SubmitBenchmark.Settings(scratch), null, cancellationToken))).TotalSeconds, docker);
            }

            task.Add(await TaskAsync(cancellationToken), docker);
        }

        return
        [
            demo.TimesAsLong("`./codex demo` with everything built", Bound.Below(30, "s")),
            task.TimesAsLong("the demo's fix once the stack is up", Bound.Below(20, "s")),
        ];
    }

    private static async Task<double> TaskAsync(CancellationToken cancellationToken)
    {
        using var scratch = new ScratchFolder();
        var bug = SeededBug.Demo;
        var repository = scratch.File("users-api");
        await SampleRepository.CreateAsync(repository, bug, cancellationToken);
        await using var service = await ServiceProcess.StartAsync("CodexService.Standalone", SubmitBenchmark.Settings(scratch), cancellationToken);
        using var http = service.NewClient();
        var tasks = new TaskClient(http);
        return (await Timing.OfAsync(async () =>
        {
            var id = await tasks.SubmitAsync(new SubmitTaskRequest(repository, bug.Prompt, SampleRepository.TestCommand, Brain: BrainChoice.Repair), cancellationToken);
            var end = await tasks.WaitForAsync(id, entry => entry.Type == TaskEventTypes.TaskFinished, cancellationToken);
            if (end.Data is not { ValueKind: JsonValueKind.Object } data || !data.GetProperty("state").ValueEquals("succeeded"))
            {
                throw new InvalidOperationException($"the demo's task did not succeed: {end.Message}");
            }
        })).TotalSeconds;
    }

    private static string Launcher()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CodexService.sln")))
            {
                return Path.Combine(folder.FullName, "codex");
            }
        }

        throw new InvalidOperationException("the repository's launcher was not found above this program");
    }
}
