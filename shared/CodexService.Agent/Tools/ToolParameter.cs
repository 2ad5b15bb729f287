using System.Text.Json.Nodes;

namespace CodexService.Agent.Tools;

/// <summary>The JSON type of a parameter. There are no nested ones: small models get those wrong.</summary>
internal enum ToolParameterType
{
    /// <summary>Text.</summary>
    String,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>Yes or no.</summary>
    Boolean,
}

/// <summary>One parameter of a tool.</summary>
/// <param name="Name">As the model writes it.</param>
/// <param name="Type">Its type.</param>
/// <param name="Description">A few words.</param>
/// <param name="Required">Whether a call without it is refused.</param>
/// <param name="OtherNames">What models that know other tools call it; understood, not shown.</param>
internal sealed record ToolParameter(
    string Name, ToolParameterType Type, string Description, bool Required = true, params string[] OtherNames)
{
    /// <summary>The JSON schema of <paramref name="parameters"/>.</summary>
    public static JsonObject Schema(IReadOnlyList<ToolParameter> parameters)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (var parameter in parameters)
        {
            properties[parameter.Name] = new JsonObject
            {
                ["type"] = parameter.Type switch
                {
                    ToolParameterType.Integer => "integer",
                    ToolParameterType.Boolean => "boolean",
                    _ => "string",
                },
                ["description"] = parameter.Description,
            };
            if (parameter.Required)
            {
                required.Add((JsonNode)parameter.Name);
            }
        }

        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (required.Count > 0)
        {
            schema["required"] = required;
        }

        return schema;
    }
}
