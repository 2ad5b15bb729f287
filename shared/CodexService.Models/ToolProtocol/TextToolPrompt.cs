using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace CodexService.Models.ToolProtocol;

/// <summary>
/// The text protocol as the model sees it. One tag per argument, so that code needs no escaping:
/// <code>
/// &lt;call name="edit"&gt;
/// &lt;path&gt;src/a.py&lt;/path&gt;
/// &lt;old&gt;x = 1&lt;/old&gt;
/// &lt;/call&gt;
/// </code>
/// </summary>
internal static class TextToolPrompt
{
    /// <summary>Describes the tools and how to call them.</summary>
    public static string Describe(IReadOnlyList<AIFunctionDeclaration> tools)
    {
        var text = new StringBuilder("# Tools\n\nYou work by calling tools. A call looks exactly like this, every argument in a tag of its own, nothing escaped:\n\n");
        text.Append(Example(tools[0])).Append("\n\nAfter your calls stop: the results come in the next message. Tools:\n");
        foreach (var tool in tools)
        {
            text.Append("\n## ").Append(tool.Name).Append('\n').Append(tool.Description.Trim()).Append('\n');
            foreach (var argument in ToolArgument.Of(tool))
            {
                text.Append("- ").Append(argument.Name).Append(" (").Append(argument.Type).Append(argument.IsRequired ? "" : ", optional").Append(')');
                text.Append(argument.Description.Length == 0 ? "" : ": ").Append(argument.Description).Append('\n');
            }
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>The right form of a call of one tool.</summary>
    public static string Example(AIFunctionDeclaration tool)
    {
        var text = new StringBuilder().Append("<call name=\"").Append(tool.Name).Append("\">\n");
        foreach (var argument in ToolArgument.Of(tool).Where(argument => argument.IsRequired))
        {
            text.Append('<').Append(argument.Name).Append('>').Append(argument.Sample).Append("</").Append(argument.Name).Append(">\n");
        }

        return text.Append("</call>").ToString();
    }

    /// <summary>A call as the model should have written it.</summary>
    public static string Write(FunctionCallContent call)
    {
        var text = new StringBuilder().Append("<call name=\"").Append(call.Name).Append("\">\n");
        foreach (var (name, value) in call.Arguments ?? new Dictionary<string, object?>(StringComparer.Ordinal))
        {
            var written = value switch
            {
                string said => said,
                JsonElement { ValueKind: JsonValueKind.String } json => json.GetString() ?? "",
                _ => JsonSerializer.Serialize(value),
            };
            var breaks = written.Contains('\n', StringComparison.Ordinal) ? "\n" : "";
            text.Append('<').Append(name).Append('>').Append(breaks).Append(written).Append(breaks).Append("</").Append(name).Append(">\n");
        }

        return text.Append("</call>").ToString();
    }
}

/// <summary>One argument of a tool, from its schema.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type">JSON type: string, integer, number, boolean, array or object.</param>
/// <param name="IsRequired">Whether calls must give it.</param>
/// <param name="Description">What it is; may be empty.</param>
internal sealed record ToolArgument(string Name, string Type, bool IsRequired, string Description)
{
    /// <summary>A value of the type, for examples.</summary>
    public string Sample => Type switch
    {
        "integer" or "number" => "1",
        "boolean" => "true",
        "array" => "[]",
        "object" => "{}",
        _ => "…",
    };

    /// <summary>The arguments of a tool.</summary>
    public static IReadOnlyList<ToolArgument> Of(AIFunctionDeclaration tool)
    {
        if (tool.JsonSchema.ValueKind != JsonValueKind.Object || !tool.JsonSchema.TryGetProperty("properties", out var properties))
        {
            return [];
        }

        var required = tool.JsonSchema.TryGetProperty("required", out var names) && names.ValueKind == JsonValueKind.Array
            ? names.EnumerateArray().Select(name => name.GetString()).ToHashSet(StringComparer.Ordinal)
            : [];
        return [.. properties.EnumerateObject().Select(property => new ToolArgument(
            property.Name, TypeOf(property.Value), required.Contains(property.Name), TextOf(property.Value, "description")))];
    }

    // "type" is a name, or a list of names with "null" among them.
    private static string TypeOf(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("type", out var type))
        {
            return "string";
        }

        return type.ValueKind == JsonValueKind.Array
            ? type.EnumerateArray().Select(name => name.GetString()).FirstOrDefault(name => name != "null") ?? "string"
            : type.GetString() ?? "string";
    }

    private static string TextOf(JsonElement schema, string name) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
}
