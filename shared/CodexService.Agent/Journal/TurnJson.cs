using System.Text.Json;
using Microsoft.Extensions.AI;

namespace CodexService.Agent.Journal;

/// <summary>Turns as JSON: text, reasoning, calls and results come back as they were.</summary>
public static class TurnJson
{
    private static readonly JsonSerializerOptions Options = CreateOptions(indented: false);

    internal static JsonSerializerOptions Indented { get; } = CreateOptions(indented: true);

    /// <summary>One record as one line.</summary>
    public static string Serialize(TurnRecord record) => JsonSerializer.Serialize(record, Options);

    /// <summary>Reads what <see cref="Serialize"/> wrote.</summary>
    /// <exception cref="JsonException">It is not a record.</exception>
    public static TurnRecord Deserialize(string json) =>
        JsonSerializer.Deserialize<TurnRecord>(json, Options) ?? throw new JsonException("a turn is null");

    // The model library's own options know how its message parts are told apart.
    private static JsonSerializerOptions CreateOptions(bool indented)
    {
        var options = new JsonSerializerOptions(AIJsonUtilities.DefaultOptions) { WriteIndented = indented };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
