using System.Globalization;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Terminal;

/// <summary>How figures and states read.</summary>
internal static class Words
{
    public static string Duration(double seconds) => seconds switch
    {
        < 0.0995 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0} ms"),
        < 9.95 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
        < 90 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
        < 5400 => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds / 60):0} min {Math.Floor(seconds % 60):00} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds / 3600):0} h {Math.Floor(seconds % 3600 / 60):00} min"),
    };

    public static string Ago(TimeSpan age) => age switch
    {
        { TotalSeconds: < 5 } => "now",
        { TotalMinutes: < 1 } => $"{age.TotalSeconds:0} s ago",
        { TotalHours: < 1 } => $"{Math.Floor(age.TotalMinutes):0} min ago",
        { TotalDays: < 1 } => $"{Math.Floor(age.TotalHours):0} h ago",
        _ => $"{Math.Floor(age.TotalDays):0} d ago",
    };

    public static string State(TaskState state) => state switch
    {
        TaskState.NoChange => "no change",
        TaskState.TimedOut => "timed out",
        _ => state.ToString().ToLowerInvariant(),
    };

    /// <summary>Where a task is; once its change is merged or its pull request closed, that is what became of it.</summary>
    public static string State(TaskSummary summary) => summary is { State: TaskState.Succeeded, PullRequestState: PullRequestState.Merged or PullRequestState.Closed }
        ? summary.PullRequestState.Value.ToString().ToLowerInvariant()
        : State(summary.State);

    public static string State(AttemptState state) => state switch
    {
        AttemptState.NoChange => "no change",
        AttemptState.TimedOut => "timed out",
        _ => state.ToString().ToLowerInvariant(),
    };

    public static string Colour(TaskState state) => state switch
    {
        TaskState.Succeeded => "green",
        TaskState.Failed => "red",
        TaskState.NoChange or TaskState.TimedOut or TaskState.Paused => "yellow",
        TaskState.Cancelled or TaskState.Queued => "grey",
        _ => "blue",
    };

    public static string Colour(PullRequestState state) => state switch
    {
        PullRequestState.Open => "green",
        PullRequestState.Merging => "blue",
        PullRequestState.Merged => "magenta",
        _ => "grey",
    };

    /// <summary>Fits <paramref name="text"/> into <paramref name="width"/> columns on one line.</summary>
    public static string Cut(string text, int width)
    {
        var end = text.AsSpan().IndexOfAny('\r', '\n');
        var line = Printable(end < 0 ? text : text[..end]);
        if (line.Length <= width)
        {
            return line;
        }

        return width < 2 ? string.Empty : string.Concat(line.AsSpan(0, width - 1), "…");
    }

    /// <summary>Without control characters: text from a repository must not steer the terminal.</summary>
    public static string Printable(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(letter => letter == '\t' ? ' ' : char.IsControl(letter) ? '�' : letter)) : text;

    /// <summary>The part of a task's id that tells tasks apart; its beginning is a time stamp.</summary>
    public static string ShortId(Guid id) => id.ToString("N")[^8..];
}
