using System.Text;
using System.Text.Json;

namespace CodexService.Verification.Reporting;

/// <summary>What the per-test reporter wrote during one run of the test command.</summary>
/// <param name="Outcomes">Test id → outcome; the worst one when a test reported twice.</param>
/// <param name="Collected">How many tests were selected to run, when the runner said so.</param>
/// <param name="Session">The test process, when there was exactly one.</param>
public sealed record TestReport(IReadOnlyDictionary<string, TestOutcome> Outcomes, int? Collected, TestSession? Session)
{
    /// <summary>Tests that began and never ended: they hung, crashed or were killed. Their outcome is an error.</summary>
    public IReadOnlyList<string> Unended { get; init; } = [];

    private const int MaxLineBytes = 64 * 1024;
    private const int MaxIdLength = 4096;
    private const int MaxTests = 500_000;

    /// <summary>Whether every selected test has an outcome.</summary>
    public bool IsComplete => Collected is not { } collected || Outcomes.Count >= collected;

    /// <summary>Tests that passed.</summary>
    public IEnumerable<string> Passed => Outcomes.Where(o => o.Value == TestOutcome.Passed).Select(o => o.Key);

    /// <summary>Tests that failed or broke.</summary>
    public IEnumerable<string> Failing => Outcomes.Where(o => o.Value >= TestOutcome.Failed).Select(o => o.Key);

    /// <summary>
    /// Reads the report, which the tree under test wrote: hostile input. Returns <see langword="null"/> when it is empty
    /// or any line is not of the reporter's form, except a last line that a kill cut off.
    /// </summary>
    public static TestReport? TryParse(ReadOnlySpan<byte> report)
    {
        var outcomes = new Dictionary<string, TestOutcome>(StringComparer.Ordinal);
        var started = new HashSet<string>(StringComparer.Ordinal);
        int? collected = null;
        TestSession? session = null;
        var sessions = 0;
        while (report.IndexOf((byte)'\n') is var end and >= 0)
        {
            var line = report[..end];
            report = report[(end + 1)..];
            if (line.Length > MaxLineBytes || outcomes.Count > MaxTests || started.Count > MaxTests || !TryReadLine(line, outcomes, started, ref collected, ref session, ref sessions))
            {
                return null;
            }
        }

        string[] unended = [.. started.Where(id => outcomes.TryAdd(id, TestOutcome.Error))];
        return outcomes.Count == 0 ? null : new TestReport(outcomes, collected, sessions == 1 ? session : null) { Unended = unended };
    }

    private static bool TryReadLine(
        ReadOnlySpan<byte> line,
        Dictionary<string, TestOutcome> outcomes,
        HashSet<string> started,
        ref int? collected,
        ref TestSession? session,
        ref int sessions)
    {
        JsonElement entry;
        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 8 });
            entry = JsonElement.ParseValue(ref reader);
            if (reader.Read())
            {
                return false;
            }
        }
        catch (JsonException)
        {
            return false;
        }

        if (entry.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        if (entry.TryGetProperty("id", out var id))
        {
            if (ReadId(id) is not { } test || ReadOutcome(entry) is not { } outcome)
            {
                return false;
            }

            outcomes[test] = outcomes.TryGetValue(test, out var earlier) && earlier > outcome ? earlier : outcome;
        }
        else if (entry.TryGetProperty("started", out var begun))
        {
            return ReadId(begun) is { } test && (started.Add(test) || started.Contains(test));
        }
        else if (entry.TryGetProperty("collected", out var count))
        {
            if (count.ValueKind != JsonValueKind.Number || !count.TryGetInt32(out var number) || number < 0)
            {
                return false;
            }

            collected = (collected ?? 0) + number;
        }
        else if (entry.TryGetProperty("session", out var process))
        {
            sessions++;
            session = TestSession.TryRead(process);
        }

        return true;
    }

    private static string? ReadId(JsonElement element)
    {
        var id = element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        return id is { Length: > 0 and <= MaxIdLength } && !id.Any(char.IsControl) ? id : null;
    }

    private static TestOutcome? ReadOutcome(JsonElement entry) =>
        !entry.TryGetProperty("outcome", out var outcome) || outcome.ValueKind != JsonValueKind.String ? null : outcome.GetString() switch
        {
            "passed" => TestOutcome.Passed,
            "skipped" => TestOutcome.Skipped,
            "failed" => TestOutcome.Failed,
            "error" => TestOutcome.Error,
            _ => null,
        };
}

/// <summary>The process that ran the tests.</summary>
/// <param name="Runner"><c>pytest</c> or <c>unittest</c>.</param>
/// <param name="Python">Path of the interpreter.</param>
/// <param name="Folder">Folder that the test ids are relative to.</param>
public sealed record TestSession(string Runner, string Python, string Folder)
{
    internal static TestSession? TryRead(JsonElement process)
    {
        return process.ValueKind == JsonValueKind.Object
            && Text("runner") is "pytest" or "unittest"
            && Text("executable") is ['/', ..] python
            && Text("rootdir") is ['/', ..] folder
                ? new TestSession(Text("runner")!, python, folder)
                : null;

        string? Text(string name) =>
            process.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= 4096 } text && !text.Any(char.IsControl)
                ? text
                : null;
    }
}
