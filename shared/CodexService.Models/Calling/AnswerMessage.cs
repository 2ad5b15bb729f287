using CodexService.Models.ToolProtocol;
using Microsoft.Extensions.AI;

namespace CodexService.Models.Calling;

/// <summary>Makes the assistant's message from what came over the wire.</summary>
internal static class AnswerMessage
{
    /// <summary>How results begin in the text protocol; a model that writes this itself is making results up.</summary>
    public const string ResultTag = "<result name=";

    private const string ThinkStart = "<think>";
    private const string ThinkEnd = "</think>";

    /// <summary>The message, and whether its calls were found in the text.</summary>
    /// <param name="raw">What came.</param>
    /// <param name="tools">What was offered.</param>
    /// <param name="asText">Whether calls were asked for as text.</param>
    /// <param name="mayBeText">Whether calls in the text count although native ones were asked for.</param>
    public static (ChatMessage Message, bool WroteCalls) From(RawAnswer raw, IReadOnlyList<AIFunctionDeclaration> tools, bool asText, bool mayBeText)
    {
        var (text, thought) = Split(raw.Text);
        var message = new ChatMessage { Role = ChatRole.Assistant };
        var reasoning = string.Concat(raw.Reasoning, thought);
        if (reasoning.Length > 0)
        {
            message.Contents.Add(new TextReasoningContent(reasoning));
        }

        var parsed = tools.Count > 0 && raw.Calls.Count == 0 && (asText || mayBeText) ? Parse(text, tools, asText) : null;
        if (parsed is null)
        {
            Add(message, text, raw.Calls);
            return (message, false);
        }

        Add(message, parsed.Text, parsed.Calls);
        (message.AdditionalProperties ??= [])[TextTranscript.WrittenProperty] = text;
        return (message, true);
    }

    private static ParsedText? Parse(string text, IReadOnlyList<AIFunctionDeclaration> tools, bool asText)
    {
        var invented = text.IndexOf(ResultTag, StringComparison.Ordinal);
        var parsed = new TextToolParser(tools).Parse(invented > 0 ? text[..invented] : text);
        return parsed.Calls.Count > 0 && (asText || parsed.Calls.Any(call => tools.Any(tool => tool.Name == call.Name))) ? parsed : null;
    }

    private static void Add(ChatMessage message, string text, IReadOnlyList<FunctionCallContent> calls)
    {
        if (text.Length > 0)
        {
            message.Contents.Add(new TextContent(text));
        }

        foreach (var call in calls)
        {
            message.Contents.Add(call);
        }
    }

    // Models whose endpoint does not keep thoughts apart write them first; some chat templates swallow the opening tag.
    private static (string Text, string Thought) Split(string text)
    {
        var start = text.AsSpan().TrimStart().StartsWith(ThinkStart, StringComparison.Ordinal) ? text.IndexOf(ThinkStart, StringComparison.Ordinal) + ThinkStart.Length : 0;
        var end = text.IndexOf(ThinkEnd, start, StringComparison.Ordinal);
        return (start, end) switch
        {
            (0, < 0) => (text, ""),
            (_, < 0) => ("", text[start..]),
            (0, _) when text.IndexOf(ThinkStart, StringComparison.Ordinal) is >= 0 and var later && later < end => (text, ""),
            _ => (text[(end + ThinkEnd.Length)..].TrimStart(), text[start..end]),
        };
    }
}
