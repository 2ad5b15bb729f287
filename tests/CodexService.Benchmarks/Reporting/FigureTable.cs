using CodexService.Benchmarks.Measuring;
using Spectre.Console;

namespace CodexService.Benchmarks.Reporting;

/// <summary>The figures in a terminal.</summary>
internal static class FigureTable
{
    public static void Write(IAnsiConsole console, IEnumerable<(IBenchmark Benchmark, IReadOnlyList<Figure> Figures)> results)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("", "claim", "measured", "beside", "ratio", "bound", "");
        foreach (var (benchmark, figures) in results)
        {
            foreach (var figure in figures)
            {
                table.AddRow(
                    benchmark.Name,
                    Markup.Escape(figure.Claim),
                    Markup.Escape(figure.Measured.ToString()),
                    Markup.Escape(figure.Beside.ToString()),
                    $"[bold]{Markup.Escape(figure.Ratio.Show("×"))}[/]",
                    Markup.Escape(figure.Bound?.ToString() ?? ""),
                    figure.IsKept switch { true => "[green]kept[/]", false => "[red]missed[/]", null => "" });
            }
        }

        if (Console.IsOutputRedirected)
        {
            // A file has no width; 80 columns would break every line.
            console.Profile.Width = 200;
            console.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
            console.Profile.Capabilities.Ansi = false;
        }

        console.Write(table);
    }
}
