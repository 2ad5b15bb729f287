using System.Globalization;
using System.Text.Json;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Terminal;

/// <summary>Progress without a terminal: one line per event, of the frequent ones one every few seconds.</summary>
internal sealed class LineProgressView(CliEnvironment environment) : IProgressView
{
    private const int LongestMessage = 160;
    private static readonly TimeSpan BetweenProgress = TimeSpan.FromSeconds(5);
    private DateTimeOffset? first;
    private DateTimeOffset lastLine;

    public void Show(TaskEventInfo item)
    {
        first ??= item.At;
        if (item.Type == TaskEventTypes.Progressed && item.At - lastLine < BetweenProgress)
        {
            return;
        }

        lastLine = item.At;
        var elapsed = string.Create(CultureInfo.InvariantCulture, $"{(item.At - first.Value).TotalSeconds,7:0.0} s");
        environment.Error.Writer.WriteLine($"{elapsed}  {Words.Cut(item.Message.ReplaceLineEndings(" "), LongestMessage)}{Candidates(item)}");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string Candidates(TaskEventInfo item) =>
        item.Type == TaskEventTypes.Progressed && item.Data is { ValueKind: JsonValueKind.Object } data
            && data.TryGetProperty("candidates", out var value) && value.TryGetInt32(out var count) && count > 0
            && !item.Message.Contains("candidate", StringComparison.OrdinalIgnoreCase)
            ? $" ({Words.Count(count, "candidate")} tried)"
            : string.Empty;
}
