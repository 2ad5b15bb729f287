using System.Globalization;
using CodexService.Contracts.Api;
using Spectre.Console;

namespace CodexService.Cli.Terminal;

/// <summary>The attempts of a task side by side: verified ones in the order of their rank, the others after them.</summary>
internal static class AttemptTable
{
    private const string None = "–";

    /// <summary>Writes one line for each attempt; nothing is cut without a terminal.</summary>
    public static void Write(Screen screen, TaskDetail task)
    {
        List<string[]> rows = [["rank", "attempt", "works with", "state", "tests", "broken", "lines", "tokens", "time"]];
        var shown = task.Attempts.OrderBy(attempt => attempt.Rank ?? int.MaxValue).ThenBy(attempt => attempt.Number).ToList();
        var room = screen.IsTerminal ? 40 : int.MaxValue;
        rows.AddRange(shown.Select(attempt => Row(attempt, room)));
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        screen.Line();
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            var cells = row.Select((cell, column) => column is 2 or 3 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            var line = Markup.Escape($"  {string.Join("  ", cells)}");
            screen.Line(i == 0 ? $"[grey]{line}[/]" : shown[i - 1].IsChosen ? $"[green]{line}  ✓ chosen[/]" : line);
        }
    }

    /// <summary>What an attempt works with: "model large at 0.35".</summary>
    public static string WorksWith(AttemptInfo attempt) => string.Concat(
        attempt.Brain,
        attempt.Model is { } model ? $" {model}" : "",
        attempt.Temperature is { } temperature ? string.Create(CultureInfo.InvariantCulture, $" at {temperature:0.###}") : "");

    private static string[] Row(AttemptInfo attempt, int room) =>
    [
        attempt.Rank?.ToString(CultureInfo.InvariantCulture) ?? None,
        attempt.Number.ToString(CultureInfo.InvariantCulture),
        Words.Cut(WorksWith(attempt), room),
        attempt.Verified ? "verified" : Words.State(attempt.State),
        Figure(attempt.TestsPassed),
        Figure(attempt.Regressions),
        Figure(attempt.PatchLines),
        attempt.Usage is { InputTokens: var input, OutputTokens: var output } && input + output > 0 ? (input + output).ToString(CultureInfo.InvariantCulture) : None,
        attempt.Usage is { WallSeconds: > 0 and var seconds } ? Words.Duration(seconds) : None,
    ];

    private static string Figure(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? None;
}
