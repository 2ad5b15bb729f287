using System.Text.Json;

namespace CodexService.Testing.ScriptedModels;

/// <summary>A request that a <see cref="ScriptedModelServer"/> received.</summary>
/// <param name="Number">Counts the completion requests from 1.</param>
/// <param name="Path">Path of the address.</param>
/// <param name="Headers">Headers, names in any case.</param>
/// <param name="Body">The request's JSON.</param>
public sealed record ScriptedRequest(int Number, string Path, IReadOnlyDictionary<string, string> Headers, JsonElement Body)
{
    private readonly TaskCompletionSource aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Model that was asked for.</summary>
    public string Model => Body.TryGetProperty("model", out var model) ? model.GetString() ?? "" : "";

    /// <summary>Whether the answer is wanted as a stream.</summary>
    public bool Stream => Body.TryGetProperty("stream", out var stream) && stream.ValueKind == JsonValueKind.True;

    /// <summary>Whether tools were offered.</summary>
    public bool HasTools => Body.TryGetProperty("tools", out var tools) && tools.ValueKind == JsonValueKind.Array && tools.GetArrayLength() > 0;

    /// <summary>The messages, oldest first.</summary>
    public IReadOnlyList<JsonElement> Messages => Body.TryGetProperty("messages", out var messages) ? [.. messages.EnumerateArray()] : [];

    /// <summary>Roles of the messages, oldest first.</summary>
    public IReadOnlyList<string> Roles => [.. Messages.Select(message => message.GetProperty("role").GetString() ?? "")];

    /// <summary>
    /// Whether user and assistant come in turn, the user first, as Mistral's chat template counts: without the system
    /// message, tool results, and answers that called tools.
    /// </summary>
    public bool Alternates => Messages
        .Where(message => message.GetProperty("role").GetString() is "user"
            || (message.GetProperty("role").GetString() == "assistant" && !message.TryGetProperty("tool_calls", out _)))
        .Select((message, i) => message.GetProperty("role").GetString() == (i % 2 == 0 ? "user" : "assistant"))
        .All(inTurn => inTurn);

    /// <summary>Text of the last message, its parts joined; empty when it has none.</summary>
    public string LastText => Messages.Count == 0 ? "" : TextOf(Messages[^1]);

    /// <summary>Completes when the client went away before the answer had ended.</summary>
    public Task Aborted => aborted.Task;

    /// <summary>Text of a message, its parts joined.</summary>
    public static string TextOf(JsonElement message)
    {
        if (!message.TryGetProperty("content", out var content))
        {
            return "";
        }

        return content.ValueKind switch
        {
            JsonValueKind.String => content.GetString() ?? "",
            JsonValueKind.Array => string.Concat(content.EnumerateArray().Select(part =>
                part.TryGetProperty("text", out var text) ? text.GetString() : part.TryGetProperty("content", out _) ? TextOf(part) : "")),
            _ => "",
        };
    }

    internal void MarkAborted() => aborted.TrySetResult();
}
