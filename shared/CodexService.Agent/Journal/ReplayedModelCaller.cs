using CodexService.Agent.Context;
using CodexService.Models;
using Microsoft.Extensions.AI;

namespace CodexService.Agent.Journal;

/// <summary>
/// Answers with what a recorded attempt's model answered, turn by turn, offline. It notes where the tools said something
/// else than then, which is how a change of tools or prompts is tried against recorded work. One attempt at a time.
/// </summary>
public sealed class ReplayedModelCaller(ReplayBundle bundle) : IModelCaller
{
    private readonly List<TurnRecord> turns = [.. bundle.Turns.Where(turn => turn.Answer is not null)];
    private readonly List<string> differences = [];
    private int next;

    /// <inheritdoc/>
    public string Name => bundle.Settings.Model;

    /// <inheritdoc/>
    public int? ContextTokens => null;

    /// <inheritdoc/>
    public int? WorkingTokens => bundle.Settings.WorkingContextTokens;

    /// <summary>Results that were not as recorded, one line each, in the order of the calls.</summary>
    public IReadOnlyList<string> Differences => differences;

    /// <summary>Whether every recorded answer was asked for.</summary>
    public bool IsFinished => next == turns.Count;

    /// <inheritdoc/>
    public Task<ModelAnswer> AskAsync(ModelRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Compare(request.Messages);
        if (IsFinished)
        {
            throw new ModelException(ModelFailure.Refused, $"the recording ends after turn {turns.Count}, but the replay asks for another: its tools answered differently");
        }

        var turn = turns[next++];
        return Task.FromResult(new ModelAnswer(
            WithReasons(turn),
            turn.Usage,
            turn.Model,
            turn.CutOff ? ChatFinishReason.Length : turn.Calls.Any() ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop,
            TimeSpan.Zero,
            TimeSpan.Zero));
    }

    /// <inheritdoc/>
    /// <remarks>An estimate of four bytes a token: no tokenizer can be asked offline.</remarks>
    public int CountTokens(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return (System.Text.Encoding.UTF8.GetByteCount(text) + 3) / 4;
    }

    private static ChatMessage WithReasons(TurnRecord turn) => new(ChatRole.Assistant,
    [
        .. turn.Answer!.Contents.Select(content => content is FunctionCallContent call && turn.Unreadable.TryGetValue(call.CallId, out var reason)
            ? new FunctionCallContent(call.CallId, call.Name, call.Arguments) { Exception = new FormatException(reason) }
            : content),
    ]);

    // The results of the newest turn are whole in the request; older ones may be masked.
    private void Compare(IReadOnlyList<ChatMessage> messages)
    {
        if (next == 0 || turns[next - 1] is not { Results: { } recorded } turn)
        {
            return;
        }

        var now = messages.SelectMany(message => message.Contents).OfType<FunctionResultContent>().ToList();
        foreach (var (call, then) in turn.Calls.Zip(recorded))
        {
            var result = now.FindLast(content => content.CallId == call.CallId)?.Result as string;
            if (result is null || !ReplayComparison.Same(result, then.Outcome.Text))
            {
                differences.Add($"turn {turn.Number}: {CallText.Describe(call)}: {CallText.OneLine(result ?? "no result", 120)}, recorded: {CallText.OneLine(then.Outcome.Text, 120)}");
            }
        }
    }
}
