using System.Text;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace CodexService.Models.Providers;

/// <summary>Puts tool calls together that arrive in pieces.</summary>
internal sealed class OpenAIToolCalls
{
    private readonly List<Pieces> calls = [];

    /// <summary>Characters of a piece.</summary>
    public static int SizeOf(StreamingChatToolCallUpdate piece) => piece.FunctionArgumentsUpdate?.ToMemory().Length ?? 0;

    /// <summary>Takes one piece.</summary>
    public void Add(StreamingChatToolCallUpdate piece)
    {
        // Some endpoints give every call the index 0 and tell them apart by the id alone.
        var call = calls.FindLast(known => known.Index == piece.Index);
        if (call is null || (piece.ToolCallId is { Length: > 0 } id && call.Id.Length > 0 && id != call.Id))
        {
            calls.Add(call = new Pieces(piece.Index));
        }

        call.Id = call.Id.Length == 0 ? piece.ToolCallId ?? "" : call.Id;
        call.Name = call.Name.Length == 0 ? piece.FunctionName ?? "" : call.Name;
        if (SizeOf(piece) > 0)
        {
            call.Arguments.Append(piece.FunctionArgumentsUpdate!.ToString());
        }
    }

    /// <summary>The calls, in order. Ids are unique.</summary>
    public IList<AIContent> Finish()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return [.. calls.Select(call => ToolArguments.Call(seen.Add(call.Id) ? call.Id : null, call.Name, call.Arguments.ToString()))];
    }

    private sealed class Pieces(int index)
    {
        public int Index { get; } = index;

        public string Id { get; set; } = "";

        public string Name { get; set; } = "";

        public StringBuilder Arguments { get; } = new();
    }
}
