using System.Diagnostics;
using CodexService.Agent;
using CodexService.Benchmarks.Measuring;
using CodexService.Benchmarks.Running;
using CodexService.Repair;
using CodexService.Samples;
using CodexService.Sandbox;
using CodexService.Sandbox.Docker;
using CodexService.Verification.Workspaces;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.Benchmarks.Repairs;

/// <summary>How many candidates the repair brain validates, beside starting the tests anew for each.</summary>
internal sealed class RepairBenchmark : IBenchmark
{
    private const int TestRuns = 5;

    // The demo's, and bugs that need a longer search.
    private static readonly string[] Bugs = [SeededBug.Demo.Name, "total-pages", "page-window", "has-next"];
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(5);

    public string Name => "repair";

    public string Method =>
        "The repair brain in a sandbox of 2 cores on the sample repository with one bug each"
        + $" ({string.Join(", ", Bugs.Select(bug => $"`{bug}`"))}). Candidates are those that were run against the tests; the time is"
        + " that of the search, from the ranked candidates to the one that is confirmed, with the start of its warm"
        + " processes. Beside it: how many times a second the tests can be started anew in the same sandbox, which is what"
        + " validating candidates one by one would be. The demo's fix is measured from the brain's start to its result.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Plan plan, CancellationToken cancellationToken)
    {
        var rate = new Comparison("candidates", "test runs", "a second");
        var fix = new Comparison("the demo's fix", "one test run", "s");
        using var factory = EngineEndpoint.NewFactory();
        await using var services = new ServiceCollection().AddRepair().BuildServiceProvider();
        var brain = services.GetRequiredService<IBrain>();
        for (var run = 1; run <= plan.Runs; run++)
        {
            var found = new List<Search>();
            foreach (var bug in Bugs)
            {
                plan.Say($"run {run} of {plan.Runs}, {bug}");
                found.Add(await SearchAsync(brain, factory, SeededBug.All.Single(one => one.Name == bug), cancellationToken));
            }

            var testRun = Spread.Of([.. found.Select(search => search.TestRun.TotalSeconds)]).Median;
            rate.Add(found.Sum(search => search.Candidates) / found.Sum(search => search.Searching.TotalSeconds), 1 / testRun);
            fix.Add(found[0].Whole.TotalSeconds, testRun);
        }

        return
        [
            rate.Multiple("candidates validated a second", Bound.AtLeastOf(20, "a second")),
            fix.TimesAsLong("the demo's bug, from the brain's start to its fix", Bound.Below(20, "s")),
        ];
    }

    private static async Task<Search> SearchAsync(IBrain brain, DockerSandboxFactory factory, SeededBug bug, CancellationToken cancellationToken)
    {
        using var scratch = new ScratchFolder();
        var repository = scratch.File("users-api");
        await SampleRepository.CreateAsync(repository, bug, cancellationToken);
        await using var sandbox = await EngineEndpoint.CreateAsync(factory, cancellationToken);
        await new WorkspacePreparer(TimeProvider.System).PrepareAsync(sandbox, (tar, token) => GitTree.WriteAsync(repository, tar, token), cancellationToken);
        var tests = new List<double>();
        for (var i = 0; i < TestRuns; i++)
        {
            tests.Add((await Timing.OfAsync(() => sandbox.RunAsync(new SandboxCommand(SampleRepository.TestCommand), cancellationToken))).TotalSeconds);
        }

        var progress = new SearchClock();
        var began = Stopwatch.GetTimestamp();
        var result = await brain.RunAsync(
            new BrainContext(bug.Prompt, SampleRepository.TestCommand, sandbox, Budget, 1, progress), cancellationToken);
        var whole = Stopwatch.GetElapsedTime(began);
        return result.Changed && progress.Searching is { } searching
            ? new Search(progress.Candidates, searching, whole, TimeSpan.FromSeconds(Spread.Of(tests).Median))
            : throw new InvalidOperationException($"the bug {bug.Name} was not repaired: {result.Summary.Split('\n')[0]}");
    }

    private sealed record Search(int Candidates, TimeSpan Searching, TimeSpan Whole, TimeSpan TestRun);

    /// <summary>Times the search by what the brain reports as it goes.</summary>
    private sealed class SearchClock : IProgress<BrainProgress>
    {
        private long began;

        public int Candidates { get; private set; }

        public TimeSpan? Searching { get; private set; }

        public void Report(BrainProgress value)
        {
            switch (value.Stage)
            {
                case "localize":
                    // Its last report is the end of the localisation.
                    began = Stopwatch.GetTimestamp();
                    break;
                case "confirm":
                    Searching ??= Stopwatch.GetElapsedTime(began);
                    Candidates = Candidates == 0 ? value.CandidatesTried : Candidates;
                    break;
            }
        }
    }
}
