using Microsoft.Extensions.AI;

namespace CodexService.Agent.Context;

/// <summary>
/// The transcript as the model sees it. It only grows, so that the endpoint's prefix cache stays warm, until it nears its
/// budget; then older tool results are masked in one big block, and the prefix is stable again for many turns. The system
/// prompt, the first prompt and the newest turns stay whole as long as anything else can give way. Not thread-safe.
/// </summary>
/// <param name="countTokens">Counts a text as the model does; asked once per message and version of it.</param>
/// <param name="budget">Tokens of all messages together.</param>
internal sealed class ContextWindow(Func<string, int> countTokens, int budget)
{
    // What a message costs beyond its text: role and separators.
    private const int PerMessage = 4;

    // Masking goes down to this share of the budget, so that it is needed once in many turns.
    private const double Target = 0.55;

    // Above these shares the milder ways before were not enough.
    private const double StillTooFull = 0.75;
    private const double FarTooFull = 0.85;

    private const int NewestTurns = 3;

    private const int LongArgument = 400;

    private const int LongText = 2000;

    private readonly List<TranscriptEntry> entries = [];
    private int tokens;
    private int lastLeftOutTurn;

    /// <summary>Tokens of what the model sees now.</summary>
    public int Tokens => tokens;

    /// <summary>Tokens that all messages together may have.</summary>
    public int Budget { get; private set; } = budget;

    /// <summary>Whether something was masked since the model was last told where it stands.</summary>
    public bool NeedsState { get; private set; }

    /// <summary>Adds the system prompt or the first prompt, which are never masked.</summary>
    public void AppendHead(ChatMessage message) => Append(new TranscriptEntry(EntryKind.Head, 0, message));

    /// <summary>Adds what the model is told before a turn.</summary>
    public void AppendNote(int turn, string text) => Append(new TranscriptEntry(EntryKind.Note, turn, new ChatMessage(ChatRole.User, text)));

    /// <summary>Adds a state block in the place of an older one: after a masking the prefix is new anyway.</summary>
    public void AppendState(int turn, string text)
    {
        foreach (var old in entries.Where(entry => entry.Kind == EntryKind.State))
        {
            tokens -= old.Tokens;
        }

        entries.RemoveAll(entry => entry.Kind == EntryKind.State);
        Append(new TranscriptEntry(EntryKind.State, turn, new ChatMessage(ChatRole.User, text)));
        NeedsState = false;
    }

    /// <summary>Adds an answer.</summary>
    public void AppendAnswer(int turn, ChatMessage answer) => Append(new TranscriptEntry(EntryKind.Answer, turn, answer));

    /// <summary>Adds a call's result.</summary>
    public void AppendResult(int turn, FunctionCallContent call, string text) =>
        Append(new TranscriptEntry(EntryKind.Result, turn, Result(call.CallId, text)) { Subject = CallText.Describe(call) });

    /// <summary>The messages as they are now; later changes do not reach the list.</summary>
    public IReadOnlyList<ChatMessage> Messages() => entries.ConvertAll(entry => entry.Message);

    /// <summary>Lowers the budget after the endpoint refused a prompt that was within it.</summary>
    public void Shrink() => Budget = (int)(Math.Min(Budget, tokens) * StillTooFull);

    /// <summary>Makes room when the budget is passed. <see langword="true"/> when something was masked, left out or cut.</summary>
    public bool Fit()
    {
        if (tokens <= Budget)
        {
            return false;
        }

        var before = tokens;
        var newest = entries[^1].Turn;
        var goal = (int)(Budget * Target);
        MaskResults(newest - NewestTurns, goal);
        if (tokens > (int)(Budget * StillTooFull))
        {
            ShortenArguments(newest - NewestTurns, goal);
        }

        if (tokens > (int)(Budget * FarTooFull))
        {
            LeaveOutTurns(newest - NewestTurns, goal);
        }

        if (tokens > Budget)
        {
            MaskResults(newest - 1, goal);
            ShortenArguments(newest, goal);
            CutResults(goal);
        }

        NeedsState |= tokens < before;
        return tokens < before;
    }

    private void MaskResults(int upToTurn, int goal)
    {
        for (var i = 0; i < entries.Count && tokens > goal && entries[i].Turn <= upToTurn; i++)
        {
            var entry = entries[i];
            if (entry is { Kind: EntryKind.Result, IsMasked: false })
            {
                var content = (FunctionResultContent)entry.Message.Contents[0];
                var text = (string)content.Result!;
                var lines = text.AsSpan().TrimEnd('\n').Count('\n') + 1;
                var line = $"[result of {entry.Subject}, {lines} line{(lines == 1 ? "" : "s")}, masked; call again if needed]";
                if (line.Length < text.Length)
                {
                    Replace(entry, Result(content.CallId, line));
                }

                entry.IsMasked = true;
            }
        }
    }

    private void ShortenArguments(int upToTurn, int goal)
    {
        foreach (var entry in entries.Where(entry => entry.Kind == EntryKind.Answer && entry.Turn <= upToTurn))
        {
            if (tokens <= goal)
            {
                return;
            }

            if (!entry.IsMasked)
            {
                Replace(entry, Shortened(entry.Message));
                entry.IsMasked = true;
            }
        }
    }

    private static ChatMessage Shortened(ChatMessage answer) => new(answer.Role,
    [
        .. answer.Contents.Where(content => content is not TextReasoningContent).Select(content => content is FunctionCallContent call
            ? new FunctionCallContent(call.CallId, call.Name, call.Arguments?.ToDictionary(
                pair => pair.Key,
                pair => CallText.AsText(pair.Value) is { Length: > LongArgument } text ? $"[{text.Length} characters, masked]" : pair.Value,
                StringComparer.Ordinal))
            : content is TextContent { Text.Length: > LongText } said ? new TextContent(Middle(said.Text, LongText)) : content),
    ]);

    // Whole turns go, so that no result is left without its call.
    private void LeaveOutTurns(int upToTurn, int goal)
    {
        var last = 0;
        while (tokens > goal && entries.Find(entry => entry.Kind != EntryKind.Head) is { } oldest && oldest.Turn <= upToTurn)
        {
            last = oldest.Turn;
            foreach (var entry in entries.Where(entry => entry.Kind != EntryKind.Head && entry.Turn == last))
            {
                tokens -= entry.Tokens;
            }

            entries.RemoveAll(entry => entry.Kind != EntryKind.Head && entry.Turn == last);
        }

        if (last > lastLeftOutTurn && entries.FindLast(entry => entry.Kind == EntryKind.Head) is { } head)
        {
            lastLeftOutTurn = last;
            head.Original ??= head.Message;
            Replace(head, new ChatMessage(head.Message.Role, $"{head.Original.Text}\n\n[turns 1 to {last} are left out to save space]"));
        }
    }

    // The last resort: what is left are the newest turns, and one of their results is huge.
    private void CutResults(int goal)
    {
        foreach (var entry in entries.Where(entry => entry is { Kind: EntryKind.Result, IsMasked: false }))
        {
            if (tokens <= Budget)
            {
                return;
            }

            var content = (FunctionResultContent)entry.Message.Contents[0];
            var text = (string)content.Result!;
            var others = tokens - entry.Tokens;
            var share = Math.Max(200, goal - others);
            var keep = (int)((long)text.Length * share / Math.Max(1, entry.Tokens));
            if (keep < text.Length)
            {
                Replace(entry, Result(content.CallId, Middle(text, keep)));
            }
        }
    }

    // Without its middle.
    private static string Middle(string text, int keep)
    {
        var half = keep / 2;
        return $"{text[..half]}\n[… {text.Length - (2 * half)} characters cut to save space; ask for less at once …]\n{text[^half..]}";
    }

    private void Append(TranscriptEntry entry)
    {
        entry.Tokens = Count(entry.Message);
        tokens += entry.Tokens;
        entries.Add(entry);
    }

    private void Replace(TranscriptEntry entry, ChatMessage message)
    {
        tokens -= entry.Tokens;
        entry.Message = message;
        entry.Tokens = Count(message);
        tokens += entry.Tokens;
    }

    private int Count(ChatMessage message) => PerMessage + message.Contents.Sum(content => content switch
    {
        TextContent text => countTokens(text.Text),
        TextReasoningContent reasoning => countTokens(reasoning.Text),
        FunctionCallContent call => countTokens(CallText.Signature(call)),
        FunctionResultContent { Result: string text } => countTokens(text),
        _ => 0,
    });

    private static ChatMessage Result(string callId, string text) => new(ChatRole.Tool, [new FunctionResultContent(callId, text)]);
}
