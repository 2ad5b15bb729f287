using System.Text;
using CodexService.Cli.Tasks;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using Spectre.Console;
using Spectre.Console.Advanced;

namespace CodexService.Cli.Terminal;

/// <summary>
/// Progress on a terminal: a row per stage, redrawn in place ten times a second. It owns the cursor from start to
/// dispose; each frame is one write, so that nothing flickers.
/// </summary>
internal sealed class LiveProgressView : IProgressView
{
    private const int MostRows = 9;
    private const int NameWidth = 11;
    private const int TimeWidth = 9;
    private const string HideCursor = "\e[?25l";
    private const string ShowCursor = "\e[?25h";
    private const string ClearRestOfLine = "\e[K";
    private const string ClearBelow = "\e[J";
    private static readonly TimeSpan BetweenFrames = TimeSpan.FromMilliseconds(100);
    private static readonly string[] Frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

    private readonly CliEnvironment environment;
    private readonly TaskProgress progress;
    private readonly CancellationTokenSource stop = new();
    private readonly Task drawing;
    private int frame;
    private int drawnRows;

    private LiveProgressView(CliEnvironment environment, TaskProgress progress)
    {
        this.environment = environment;
        this.progress = progress;
        drawing = DrawAsync();
    }

    private string Spinner => Frames[frame % Frames.Length];

    public static LiveProgressView Start(CliEnvironment environment, TaskProgress progress) => new(environment, progress);

    public void Show(TaskEventInfo item)
    {
        // The next frame shows it.
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await drawing;
        stop.Dispose();
    }

    private async Task DrawAsync()
    {
        using var tick = new PeriodicTimer(BetweenFrames, environment.Time);
        environment.Error.Writer.Write(HideCursor);
        try
        {
            do
            {
                Draw();
                frame++;
            }
            while (await tick.WaitForNextTickAsync(stop.Token));
        }
        catch (OperationCanceledException)
        {
            // Disposed: one last frame shows the end.
        }
        finally
        {
            Draw();
            environment.Error.Writer.Write(ShowCursor);
        }
    }

    private void Draw()
    {
        var rows = Rows();
        var text = new StringBuilder("\r");
        if (drawnRows > 0)
        {
            text.Append("\e[").Append(drawnRows).Append('A');
        }

        foreach (var row in rows)
        {
            text.Append(environment.Error.Console.ToAnsi(new Markup(row)).TrimEnd('\n')).Append(ClearRestOfLine).Append('\n');
        }

        environment.Error.Writer.Write(text.Append(ClearBelow).ToString());
        drawnRows = rows.Count;
    }

    /// <summary>The display as it is now, one line of markup a row, none wider than the terminal.</summary>
    private List<string> Rows()
    {
        var width = environment.Error.Width;
        var now = environment.Time.GetUtcNow();
        var (stages, candidates, waiting) = progress.Snapshot();
        var rows = stages.Skip(Math.Max(0, stages.Count - MostRows)).Select(stage => Row(stage, candidates, now, width)).ToList();
        if (progress.Ended is null && stages.All(stage => stage.EndedAt is not null))
        {
            rows.Add($"  [blue]{Spinner}[/] [grey]{Markup.Escape(Words.Cut(waiting, width - 6))}[/]");
        }

        return rows;
    }

    private string Row(StageProgress stage, int candidates, DateTimeOffset now, int width)
    {
        var done = stage.EndedAt is not null;
        var mark = done ? "[green]✓[/]" : $"[blue]{Spinner}[/]";
        var name = progress.HasManyAttempts && stage.Attempt is { } number ? $"{stage.Name} #{number}" : stage.Name;
        var seconds = Math.Max(0, ((stage.EndedAt ?? now) - stage.StartedAt).TotalSeconds);
        var text = Words.Cut(Note(stage, candidates), width - NameWidth - TimeWidth - 8);
        return $"  {mark} {(done ? "[default]" : "[bold]")}{Markup.Escape(Words.Cut(name, NameWidth).PadRight(NameWidth))}[/]"
            + $" [grey]{Words.Duration(seconds),TimeWidth}[/]  {(done ? "[grey]" : "[default]")}{Markup.Escape(text)}[/]";
    }

    // How many candidates were tried is the pulse of the search, whatever the brain's own words are.
    private static string Note(StageProgress stage, int candidates) =>
        stage.Name == "search" && candidates > 0 && !stage.Message.Contains("candidate", StringComparison.OrdinalIgnoreCase)
            ? $"{Quantity.Of(candidates, "candidate")} tried · {stage.Message}"
            : stage.Message;
}
