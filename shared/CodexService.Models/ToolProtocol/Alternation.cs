using CodexService.Models.Providers;
using Microsoft.Extensions.AI;

namespace CodexService.Models.ToolProtocol;

/// <summary>
/// A transcript for chat templates that insist on user and assistant in turn (Mistral's, Gemma's and others). The same
/// messages always give the same text, so that the endpoint's prefix cache hits.
/// </summary>
internal static class Alternation
{
    /// <summary>Whether a user's message stands right behind tool results, where such templates want the assistant.</summary>
    public static bool HasNotesAfterResults(IReadOnlyList<ChatMessage> messages) =>
        messages.Zip(messages.Skip(1)).Any(pair => HasResults(pair.First) && IsNote(pair.Second));

    /// <summary>Neighbouring messages of the user become one; behind tool results they join the last result when asked for.</summary>
    public static IReadOnlyList<ChatMessage> MergeNotes(IReadOnlyList<ChatMessage> messages, bool intoResults)
    {
        var merged = new List<ChatMessage>(messages.Count);
        foreach (var message in messages)
        {
            if (merged.Count > 0 && IsNote(message) && IsNote(merged[^1]))
            {
                merged[^1] = new ChatMessage(ChatRole.User, $"{merged[^1].Text}\n\n{message.Text}");
            }
            else if (intoResults && merged.Count > 0 && IsNote(message) && HasResults(merged[^1]))
            {
                merged[^1] = WithNote(merged[^1], message.Text);
            }
            else
            {
                merged.Add(message);
            }
        }

        return merged;
    }

    /// <summary>What the system message says stands at the head of the first message of the user.</summary>
    public static IReadOnlyList<ChatMessage> WithoutSystem(IReadOnlyList<ChatMessage> messages)
    {
        var system = string.Join("\n\n", messages.Where(message => message.Role == ChatRole.System).Select(message => message.Text));
        var others = messages.Where(message => message.Role != ChatRole.System).ToList();
        if (system.Length > 0)
        {
            var first = others.FindIndex(IsNote);
            var text = first < 0 ? system : $"{system}\n\n{others[first].Text}";
            others.RemoveRange(Math.Max(first, 0), first < 0 ? 0 : 1);
            others.Insert(Math.Max(first, 0), new ChatMessage(ChatRole.User, text));
        }

        return others;
    }

    private static bool IsNote(ChatMessage message) => message.Role == ChatRole.User && !HasResults(message);

    private static bool HasResults(ChatMessage message) => message.Contents.OfType<FunctionResultContent>().Any();

    private static ChatMessage WithNote(ChatMessage results, string note)
    {
        var contents = results.Contents.ToList();
        var last = contents.FindLastIndex(content => content is FunctionResultContent);
        var result = (FunctionResultContent)contents[last];
        contents[last] = new FunctionResultContent(result.CallId, $"{ToolArguments.Text(result)}\n\n{note}");
        return new ChatMessage(results.Role, contents);
    }
}
