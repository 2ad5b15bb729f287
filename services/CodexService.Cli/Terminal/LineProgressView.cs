using System.Globalization;
using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Terminal;

/// <summary>Progress without a terminal: one line per event, of the frequent ones one every few seconds.</summary>
/// <param name="environment">Terminal.</param>
/// <param name="hasManyAttempts">Whether attempts end for reasons of their own; the reason of a single one is the task's, which the result tells.</param>
internal sealed class LineProgressView(CliEnvironment environment, bool hasManyAttempts) : IProgressView
{
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
        environment.Error.Writer.WriteLine($"{elapsed}  {Words.Printable(Message(item).ReplaceLineEndings(" "))}{Candidates(item)}");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private string Message(TaskEventInfo item)
    {
        var isTold = item.Type == TaskEventTypes.TaskFinished || (item.Type == TaskEventTypes.AttemptFinished && !hasManyAttempts);
        return isTold && item.Data is { ValueKind: JsonValueKind.Object } data
                && data.TryGetProperty("reason", out var value) && value.GetString() is { Length: > 0 } reason
                && data.TryGetProperty("state", out var state) && state.GetString() is { } ended && ended != "succeeded"
                && item.Message.EndsWith(reason, StringComparison.Ordinal)
            ? item.Type == TaskEventTypes.TaskFinished ? item.Message[..^reason.Length].TrimEnd(' ', '.') : $"{item.Message[..^reason.Length]}{ended.Replace('_', ' ')}"
            : item.Message;
    }

    private static string Candidates(TaskEventInfo item) =>
        item.Type == TaskEventTypes.Progressed && item.Data is { ValueKind: JsonValueKind.Object } data
            && data.TryGetProperty("candidates", out var value) && value.TryGetInt32(out var count) && count > 0
            && !item.Message.Contains("candidate", StringComparison.OrdinalIgnoreCase)
            ? $" ({Quantity.Of(count, "candidate")} tried)"
            : string.Empty;
}
