using System.CommandLine;
using CodexService.Benchmarks.Agents;
using CodexService.Benchmarks.Commands;
using CodexService.Benchmarks.Demos;
using CodexService.Benchmarks.Measuring;
using CodexService.Benchmarks.Repairs;
using CodexService.Benchmarks.Reporting;
using CodexService.Benchmarks.Submissions;
using CodexService.Benchmarks.Webhooks;
using Spectre.Console;

namespace CodexService.Benchmarks;

/// <summary>What people type, and the order in which it is done.</summary>
internal static class BenchmarkCommandLine
{
    private const string All = "all";

    private static readonly IBenchmark[] Benchmarks =
    [
        new CommandBenchmark(),
        new SubmitBenchmark(),
        new RepairBenchmark(),
        new AgentBenchmark(),
        new DemoBenchmark(),
        new ApiBenchmark(),
        new WebhookBenchmark(),
    ];

    public static RootCommand Create()
    {
        var which = new Argument<string>("which")
        {
            Description = $"{All}, or one of {string.Join(", ", Benchmarks.Select(benchmark => benchmark.Name))}",
            DefaultValueFactory = _ => All,
        };
        which.AcceptOnlyFromAmong([All, .. Benchmarks.Select(benchmark => benchmark.Name)]);
        var markdown = new Option<FileInfo?>("--markdown") { Description = "A page with figure sections that is brought up to date (docs/benchmarks.md)" };
        var runs = new Option<int>("--runs") { Description = "How often everything is measured", DefaultValueFactory = _ => 5 };
        runs.Validators.Add(result =>
        {
            if (result.GetValue(runs) is < 1 or > 100)
            {
                result.AddError("--runs has to be from 1 to 100.");
            }
        });
        var command = new RootCommand("Measures what CodexService claims about its speed, as ratios within one run.") { which, markdown, runs };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(which)!, parsed.GetValue(markdown), parsed.GetValue(runs), cancellationToken));
        return command;
    }

    /// <summary>Ends 0 when every bound is kept, 2 when one is missed, 1 when something cannot be measured.</summary>
    private static async Task<int> RunAsync(string which, FileInfo? markdown, int runs, CancellationToken cancellationToken)
    {
        var errors = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (markdown is { Exists: false })
        {
            errors.WriteLine($"There is no page {markdown.FullName} to bring up to date.");
            return 1;
        }

        var results = new List<(IBenchmark, IReadOnlyList<Figure>)>();
        foreach (var benchmark in Benchmarks.Where(benchmark => which is All || benchmark.Name == which))
        {
            var before = MachineDescription.Load();
            IReadOnlyList<Figure> figures;
            try
            {
                figures = await benchmark.RunAsync(new Plan(runs, line => errors.WriteLine($"{benchmark.Name}: {line}")), cancellationToken);
            }
            catch (Exception problem) when (problem is not OperationCanceledException)
            {
                errors.WriteLine($"{benchmark.Name} cannot be measured: {problem.Message}");
                return 1;
            }

            results.Add((benchmark, figures));
            if (markdown is not null)
            {
                var page = FigurePage.Update(await File.ReadAllTextAsync(markdown.FullName, cancellationToken), benchmark, figures, Circumstances(runs, before));
                await File.WriteAllTextAsync(markdown.FullName, page, cancellationToken);
            }
        }

        FigureTable.Write(AnsiConsole.Console, results);
        return results.Any(result => result.Item2.Any(figure => figure.IsKept == false)) ? 2 : 0;
    }

    private static string Circumstances(int runs, double? load)
    {
        // A load of one is this very program being built and started.
        var busy = load > 1.5 ? $" The machine was busy with other work (load average {load:0.0} before the first run), which the ratios share and the times show." : "";
        return $"Medians of {runs} {(runs == 1 ? "run" : "runs")} with the smallest and largest, on {MachineDescription.Describe()}.{busy}";
    }
}
