using Microsoft.Extensions.AI;

namespace CodexService.Agent.Context;

internal enum EntryKind
{
    Head,
    Note,
    State,
    Answer,
    Result,
}

/// <summary>One message of the transcript, as the model sees it at the moment.</summary>
internal sealed class TranscriptEntry(EntryKind kind, int turn, ChatMessage message)
{
    public EntryKind Kind => kind;

    public int Turn => turn;

    public ChatMessage Message { get; set; } = message;

    /// <summary>Counted once for each version of the message.</summary>
    public int Tokens { get; set; }

    /// <summary>Whether a masked version was made (or would not have been shorter).</summary>
    public bool IsMasked { get; set; }

    /// <summary>What a result is the result of.</summary>
    public string? Subject { get; init; }

    /// <summary>The first prompt before a line was added to it.</summary>
    public ChatMessage? Original { get; set; }
}
