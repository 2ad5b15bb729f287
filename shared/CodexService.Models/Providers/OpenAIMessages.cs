using Microsoft.Extensions.AI;
using OpenAI.Chat;
using AIChatMessage = Microsoft.Extensions.AI.ChatMessage;
using OpenAIChatMessage = OpenAI.Chat.ChatMessage;

namespace CodexService.Models.Providers;

/// <summary>A transcript in OpenAI's types. Reasoning is not sent back.</summary>
internal static class OpenAIMessages
{
    /// <summary>Converts the messages.</summary>
    public static List<OpenAIChatMessage> From(IEnumerable<AIChatMessage> messages)
    {
        var converted = new List<OpenAIChatMessage>();
        foreach (var message in messages)
        {
            if (message.Role == ChatRole.System)
            {
                converted.Add(new SystemChatMessage(message.Text));
            }
            else if (message.Role == ChatRole.Assistant)
            {
                converted.Add(Assistant(message));
            }
            else
            {
                // Results first: the protocol wants them right behind the calls.
                converted.AddRange(message.Contents.OfType<FunctionResultContent>().Select(result => new ToolChatMessage(result.CallId, ToolArguments.Text(result))));
                if (message.Text is { Length: > 0 } text)
                {
                    converted.Add(new UserChatMessage(text));
                }
            }
        }

        return converted;
    }

    private static AssistantChatMessage Assistant(AIChatMessage message)
    {
        ChatToolCall[] calls = [.. message.Contents.OfType<FunctionCallContent>().Select(call =>
            ChatToolCall.CreateFunctionToolCall(call.CallId, call.Name, BinaryData.FromString(ToolArguments.Json(call))))];
        if (calls.Length == 0)
        {
            return new AssistantChatMessage(message.Text);
        }

        var converted = new AssistantChatMessage(calls);
        if (message.Text is { Length: > 0 } text)
        {
            converted.Content.Add(ChatMessageContentPart.CreateTextPart(text));
        }

        return converted;
    }
}
