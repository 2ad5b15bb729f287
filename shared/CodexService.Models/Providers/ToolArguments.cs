using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace CodexService.Models.Providers;

/// <summary>Arguments of tool calls between JSON and <see cref="FunctionCallContent"/>; values are <see cref="JsonElement"/>.</summary>
internal static class ToolArguments
{
    // Code as models write it: escapes for quotes and letters of other scripts would only cost tokens.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A call from JSON that the model wrote; when it cannot be read the call carries the reason.</summary>
    public static FunctionCallContent Call(string? id, string name, string json)
    {
        var call = new FunctionCallContent(string.IsNullOrEmpty(id) ? NewId() : id, name);
        if (string.IsNullOrWhiteSpace(json))
        {
            call.Arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
            return call;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.String && root.GetString() is { } nested)
            {
                // Encoded twice, as some chat templates make models do.
                return Call(call.CallId, name, nested);
            }

            if (root.ValueKind == JsonValueKind.Object)
            {
                call.Arguments = Read(root);
            }
            else
            {
                call.Exception = Unreadable(name, $"they are {Kind(root.ValueKind)}");
            }
        }
        catch (JsonException e)
        {
            call.Exception = Unreadable(name, $"not valid JSON at character {e.BytePositionInLine}");
        }

        return call;
    }

    /// <summary>The properties of an object.</summary>
    public static Dictionary<string, object?> Read(JsonElement json)
    {
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var property in json.EnumerateObject())
        {
            arguments[property.Name] = property.Value.Clone();
        }

        return arguments;
    }

    /// <summary>The arguments as a JSON object; empty for a call that could not be read.</summary>
    public static string Json(FunctionCallContent call) => call.Arguments is { Count: > 0 } arguments ? JsonSerializer.Serialize(arguments, Plain) : "{}";

    /// <summary>A tool's result as text.</summary>
    public static string Text(FunctionResultContent result) => result.Result switch
    {
        null => result.Exception?.Message ?? "",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } json => json.GetString() ?? "",
        var value => JsonSerializer.Serialize(value, Plain),
    };

    /// <summary>An id for a call that came without.</summary>
    public static string NewId() => "call_" + Guid.NewGuid().ToString("N")[..12];

    private static FormatException Unreadable(string name, string why) =>
        new($"The arguments of {name} could not be read: {why}. Give one JSON object, for example {{\"name\": \"value\"}}, with line breaks in strings as \\n.");

    private static string Kind(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.Null => "null",
        JsonValueKind.Number => "a number",
        _ => "no object",
    };
}
