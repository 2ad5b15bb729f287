using System.Text;
using System.Text.Json;

namespace CodexService.Testing.ScriptedModels;

/// <summary>Calls as a model writes them that was told the text protocol: one tag for each argument, nothing escaped.</summary>
internal static class ScriptedCallText
{
    /// <summary>The turn with its calls behind its text.</summary>
    public static ScriptedTurn Put(ScriptedTurn turn) => turn.Calls.Count == 0
        ? turn
        : turn with { Text = string.Join("\n\n", turn.Calls.Select(Write).Prepend(turn.Text).Where(part => part.Length > 0)), Calls = [] };

    private static string Write(ScriptedCall call) => $"<call name=\"{call.Name}\">\n{Arguments(call.Arguments)}</call>";

    private static string Arguments(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var text = new StringBuilder();
            foreach (var argument in document.RootElement.EnumerateObject())
            {
                var value = argument.Value.ValueKind == JsonValueKind.String ? argument.Value.GetString()! : argument.Value.GetRawText();

                // A line break at each end of the value belongs to the form.
                var lineBreak = value.Contains('\n', StringComparison.Ordinal) ? "\n" : "";
                text.Append($"<{argument.Name}>{lineBreak}{value}{lineBreak}</{argument.Name}>\n");
            }

            return text.ToString();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Garbage stays garbage.
            return json + "\n";
        }
    }
}
