using System.Buffers;
using System.Text.Json;
using CodexService.Agent;

namespace CodexService.Repair;

/// <summary>
/// Reads the engine's JSON lines as they arrive. They come out of the sandbox, where tests of the repository run beside the
/// engine, so they are hostile: anything too long or of another shape is dropped. Not thread-safe.
/// </summary>
internal sealed class EngineOutput(IProgress<BrainProgress> progress, TimeProvider time)
{
    private const int MaxLineBytes = 1 << 20;
    private const int MaxMessage = 500;
    private const int MaxTitle = 72;
    private const int MaxSummary = 64 << 10;
    private const int MaxTargets = 10_000;

    // Steps of the search come several times a second by themselves; other steps are few. A flood is not the engine.
    private const int MaxOtherSteps = 100;
    private static readonly TimeSpan SearchInterval = TimeSpan.FromMilliseconds(200);

    private readonly ArrayBufferWriter<byte> line = new();
    private bool tooLong;
    private long lastSearch;
    private int otherSteps;

    /// <summary>The result, once the engine has said it.</summary>
    public BrainResult? Result { get; private set; }

    /// <summary>Why the engine cannot work on the task, once it has said so.</summary>
    public string? Error { get; private set; }

    /// <summary>Takes the next bytes of standard output.</summary>
    public void Append(ReadOnlyMemory<byte> chunk)
    {
        var rest = chunk.Span;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)'\n');
            var part = end < 0 ? rest : rest[..end];
            tooLong |= line.WrittenCount + part.Length > MaxLineBytes;
            if (!tooLong)
            {
                line.Write(part);
            }

            if (end < 0)
            {
                return;
            }

            if (!tooLong)
            {
                Read(line.WrittenMemory);
            }

            line.ResetWrittenCount();
            tooLong = false;
            rest = rest[(end + 1)..];
        }
    }

    private void Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            switch (Text(root, "event", 20))
            {
                case "progress":
                    var step = new BrainProgress(
                        Text(root, "stage", 40),
                        Text(root, "message", MaxMessage),
                        Count(root),
                        root.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object && json.Length < 16 << 10 ? data.Clone() : null);
                    if (IsDue(step))
                    {
                        progress.Report(step);
                    }

                    break;
                case "result":
                    Result = ReadResult(root);
                    break;
                case "error":
                    Error = Text(root, "message", MaxMessage);
                    break;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            // Not a line of the engine: a test that writes to the same stream. The result line alone matters, and
            // without one the attempt ends with an error.
        }
    }

    private bool IsDue(BrainProgress step)
    {
        if (step.Stage != "search")
        {
            return ++otherSteps <= MaxOtherSteps;
        }

        var now = time.GetTimestamp();
        if (lastSearch != 0 && time.GetElapsedTime(lastSearch, now) < SearchInterval)
        {
            return false;
        }

        lastSearch = now;
        return true;
    }

    private static BrainResult ReadResult(JsonElement root) => new(
        root.GetProperty("changed").GetBoolean(),
        Cut(root.GetProperty("summary").GetString() ?? "", MaxSummary),
        Text(root, "title", MaxTitle),
        Count(root),
        [
            .. root.GetProperty("targets").EnumerateArray()
                .Take(MaxTargets)
                .Select(target => target.GetString() ?? "")
                .Where(target => target.Length is > 0 and <= 2000),
        ]);

    private static int Count(JsonElement root) =>
        root.TryGetProperty("candidates", out var value) && value.TryGetInt32(out var count) && count >= 0 ? count : 0;

    private static string Text(JsonElement root, string name, int most) =>
        Cut((root.GetProperty(name).GetString() ?? "").ReplaceLineEndings(" "), most);

    private static string Cut(string text, int most)
    {
        var clean = text.Replace("\0", "", StringComparison.Ordinal);
        if (clean.Length <= most)
        {
            return clean;
        }

        // Never half a character: text with one cannot be stored.
        var end = char.IsHighSurrogate(clean[most - 2]) ? most - 2 : most - 1;
        return string.Concat(clean.AsSpan(0, end), "…");
    }
}
