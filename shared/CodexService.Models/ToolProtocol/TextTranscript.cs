using System.Text;
using CodexService.Models.Providers;
using Microsoft.Extensions.AI;

namespace CodexService.Models.ToolProtocol;

/// <summary>
/// A transcript for a model that calls tools as text: one system message, then user and assistant in turn, no tool roles.
/// What was written for an earlier turn is written the same way again, so that the endpoint's prefix cache hits.
/// </summary>
internal static class TextTranscript
{
    /// <summary>Property of an assistant message: the text as the model wrote it, calls included.</summary>
    public const string WrittenProperty = "codex.written";

    /// <summary>Rewrites the messages.</summary>
    public static IReadOnlyList<ChatMessage> From(IReadOnlyList<ChatMessage> messages, IReadOnlyList<AIFunctionDeclaration> tools)
    {
        var names = messages.SelectMany(message => message.Contents.OfType<FunctionCallContent>())
            .DistinctBy(call => call.CallId, StringComparer.Ordinal)
            .ToDictionary(call => call.CallId, call => call.Name, StringComparer.Ordinal);
        var system = new List<string>();
        var turns = new List<(ChatRole Role, StringBuilder Text)>();
        foreach (var message in messages)
        {
            if (message.Role == ChatRole.System)
            {
                system.Add(message.Text);
                continue;
            }

            var role = message.Role == ChatRole.Assistant ? ChatRole.Assistant : ChatRole.User;
            var text = role == ChatRole.Assistant ? Written(message) : Results(message, names);
            if (turns.Count > 0 && turns[^1].Role == role)
            {
                turns[^1].Text.Append("\n\n").Append(text);
            }
            else
            {
                turns.Add((role, new StringBuilder(text)));
            }
        }

        if (tools.Count > 0)
        {
            system.Add(TextToolPrompt.Describe(tools));
        }

        var rewritten = turns.Select(turn => new ChatMessage(turn.Role, turn.Text.ToString()));
        return system.Count == 0 ? [.. rewritten] : [new ChatMessage(ChatRole.System, string.Join("\n\n", system)), .. rewritten];
    }

    private static string Written(ChatMessage message)
    {
        if (message.AdditionalProperties?.TryGetValue(WrittenProperty, out var written) == true && written?.ToString() is { Length: > 0 } same)
        {
            return same;
        }

        return string.Join("\n\n", ((string[])[message.Text, .. message.Contents.OfType<FunctionCallContent>().Select(TextToolPrompt.Write)]).Where(part => part.Length > 0));
    }

    private static string Results(ChatMessage message, Dictionary<string, string> names)
    {
        var parts = message.Contents.OfType<FunctionResultContent>()
            .Select(result => $"<result name=\"{names.GetValueOrDefault(result.CallId, "tool")}\">\n{ToolArguments.Text(result)}\n</result>");
        return string.Join("\n\n", ((IEnumerable<string>)[.. parts, message.Text]).Where(part => part.Length > 0));
    }
}
