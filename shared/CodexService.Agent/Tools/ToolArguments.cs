using System.Globalization;
using System.Text.Json;

namespace CodexService.Agent.Tools;

/// <summary>
/// The arguments of one call, checked against the parameters of its tool. Tolerant where the meaning is clear: numbers as
/// text, text as an array of lines, other tools' names for the same thing, an object that was written as text.
/// </summary>
internal sealed class ToolArguments
{
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);

    private ToolArguments()
    {
    }

    /// <summary>Arguments that the tool does not know and that were ignored.</summary>
    public IReadOnlyList<string> Ignored { get; private set; } = [];

    /// <summary>Text that is required, or was given.</summary>
    public string Text(string name) => (string)_values[name];

    /// <summary>Optional text.</summary>
    public string? OptionalText(string name) => _values.GetValueOrDefault(name) as string;

    /// <summary>An optional number.</summary>
    public int? Number(string name) => _values.TryGetValue(name, out var value) ? (int)value : null;

    /// <summary>An optional yes or no.</summary>
    public bool? Flag(string name) => _values.TryGetValue(name, out var value) ? (bool)value : null;

    /// <summary>Reads the arguments of a call.</summary>
    /// <returns>The arguments, or what is wrong with them in a few words.</returns>
    public static (ToolArguments? Arguments, string? Wrong) Read(JsonElement arguments, IReadOnlyList<ToolParameter> parameters)
    {
        if (arguments.ValueKind == JsonValueKind.String && TryReadObject(arguments, out var inner))
        {
            arguments = inner;
        }

        var result = new ToolArguments();
        var ignored = new List<string>();
        if (arguments.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in arguments.EnumerateObject())
            {
                if (Find(parameters, property.Name) is not { } parameter)
                {
                    ignored.Add(UntrustedText.Line(property.Name, 40));
                }
                else if (property.Value.ValueKind != JsonValueKind.Null)
                {
                    if (Convert(property.Value, parameter.Type) is not { } value)
                    {
                        return (null, $"\"{parameter.Name}\" must be {Words(parameter.Type)}");
                    }

                    result._values[parameter.Name] = value;
                }
            }
        }
        else if (arguments.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
        {
            return (null, "the arguments must be a JSON object");
        }

        result.Ignored = ignored;
        var missing = parameters.FirstOrDefault(parameter => parameter.Required && !result._values.ContainsKey(parameter.Name));
        return missing is null ? (result, null) : (null, $"\"{missing.Name}\" is missing{(ignored.Count > 0 ? $" and \"{ignored[0]}\" is unknown" : "")}");
    }

    private static bool TryReadObject(JsonElement text, out JsonElement value)
    {
        try
        {
            value = JsonElement.Parse(text.GetString()!);
            return value.ValueKind == JsonValueKind.Object;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            value = default;
            return false;
        }
    }

    private static ToolParameter? Find(IReadOnlyList<ToolParameter> parameters, string name) =>
        parameters.FirstOrDefault(parameter => string.Equals(parameter.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? parameters.FirstOrDefault(parameter => parameter.OtherNames.Contains(name, StringComparer.OrdinalIgnoreCase));

    private static object? Convert(JsonElement value, ToolParameterType type)
    {
        try
        {
            return type switch
            {
                ToolParameterType.Integer => ToInteger(value),
                ToolParameterType.Boolean => ToBoolean(value),
                _ => ToText(value),
            };
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair is no text.
            return null;
        }
    }

    private static string? ToText(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        JsonValueKind.Array when value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            string.Join('\n', value.EnumerateArray().Select(item => item.GetString())),
        _ => null,
    };

    private static int? ToInteger(JsonElement value)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.String => value.GetString()!.Trim(),
            _ => "",
        };
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && decimal.Truncate(number) == number
            ? (int)Math.Clamp(number, int.MinValue, int.MaxValue)
            : null;
    }

    private static bool? ToBoolean(JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()!.Trim() : value.GetRawText();
        return text.ToUpperInvariant() switch
        {
            "TRUE" or "YES" or "1" => true,
            "FALSE" or "NO" or "0" or "" => false,
            _ => null,
        };
    }

    private static string Words(ToolParameterType type) => type switch
    {
        ToolParameterType.Integer => "a whole number",
        ToolParameterType.Boolean => "true or false",
        _ => "text (a string)",
    };
}
