using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace CodexService.Agent.Loop;

/// <summary>One short message for a call that could not be read, with the right form to copy.</summary>
internal static class CallCorrection
{
    private const int LongestReason = 200;
    private const int LongestForm = 400;

    // What a model copies has to look as it should write it.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What was wrong and how the call looks when it is right.</summary>
    public static string For(FunctionCallContent call, string reason, bool cutOff, IReadOnlyList<AIFunctionDeclaration> tools)
    {
        if (cutOff)
        {
            return "Your answer was cut off at its length limit before the call was complete. Make the call smaller: edit a few lines instead of writing the whole file, or write it in parts.";
        }

        // The text protocol's calls are no JSON: its reasons bring their own form.
        var lines = reason.Split('\n', 2);
        var tool = tools.FirstOrDefault(tool => tool.Name == call.Name);
        var right = lines.Length > 1
            ? Context.CallText.OneLine(lines[1], LongestForm)
            : tool is null
            ? $"The tools are: {string.Join(", ", tools.Select(each => each.Name))}."
            : $"The arguments of {tool.Name} are one JSON object like {Example(tool)}";
        return $"This call could not be read: {Context.CallText.OneLine(lines[0], LongestReason).TrimEnd('.')}. {right}";
    }

    /// <summary>A JSON object with the required parameters of a tool, or all of them when none is required.</summary>
    internal static string Example(AIFunctionDeclaration tool)
    {
        var example = new SortedDictionary<string, object?>(StringComparer.Ordinal);
        if (tool.JsonSchema.ValueKind == JsonValueKind.Object && tool.JsonSchema.TryGetProperty("properties", out var properties))
        {
            var required = tool.JsonSchema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(name => name.GetString()).ToHashSet(StringComparer.Ordinal) : [];
            foreach (var property in properties.EnumerateObject().Where(property => required.Count == 0 || required.Contains(property.Name)))
            {
                example[property.Name] = Value(property.Value);
            }
        }

        return JsonSerializer.Serialize(example, Plain);
    }

    private static object? Value(JsonElement schema) => schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
        ? type.GetString() switch
        {
            "integer" or "number" => 1,
            "boolean" => true,
            "array" => Array.Empty<object>(),
            "object" => new Dictionary<string, object>(StringComparer.Ordinal),
            _ => "…",
        }
        : "…";
}
