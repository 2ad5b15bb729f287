using CodexService.Agent.Context;
using CodexService.Agent.Journal;
using CodexService.Models;
using Microsoft.Extensions.AI;

namespace CodexService.Agent.Loop;

/// <summary>Asks the model within its context. Not thread-safe.</summary>
internal sealed class ModelTurns(IModelCaller model, IReadOnlyList<AIFunctionDeclaration> tools, ContextWindow window, float temperature, int answerTokens)
{
    private const int MostRefusals = 3;

    /// <summary>The transcript.</summary>
    public ContextWindow Window => window;

    /// <summary>Makes the model answer the transcript as it is; the answer is not yet part of it.</summary>
    /// <exception cref="ModelException">No answer.</exception>
    public async Task<TurnRecord> AskAsync(int number, IReadOnlyList<string> notes, CancellationToken cancellationToken)
    {
        var lost = ModelUsage.None;
        for (var refusals = 0; ; refusals++)
        {
            try
            {
                var answer = await model.AskAsync(
                    new ModelRequest(window.Messages(), tools) { Temperature = temperature, MaxOutputTokens = answerTokens },
                    cancellationToken);
                return Record(number, notes, answer with { Usage = answer.Usage + lost });
            }
            catch (ModelException e) when (e.Failure == ModelFailure.ContextTooSmall && refusals < MostRefusals && number > 1)
            {
                // Nobody said how much the model takes, or the count was off: less may do.
                lost += e.Spent;
                window.Shrink();
                if (!window.Fit())
                {
                    throw;
                }
            }
        }
    }

    /// <summary>Adds a turn to the transcript, its results as far as there are any.</summary>
    public void Append(TurnRecord turn)
    {
        window.AppendAnswer(turn.Number, turn.Answer!);
        foreach (var (call, result) in turn.Calls.Zip(turn.Results ?? []))
        {
            window.AppendResult(turn.Number, call, result.Outcome.Text);
        }
    }

    private static TurnRecord Record(int number, IReadOnlyList<string> notes, ModelAnswer answer)
    {
        var message = new ChatMessage(ChatRole.Assistant, [.. answer.Message.Contents]);
        return new TurnRecord(number)
        {
            Notes = notes,
            Answer = message,
            Unreadable = message.Contents.OfType<FunctionCallContent>()
                .Where(call => call.Exception is not null)
                .GroupBy(call => call.CallId, StringComparer.Ordinal)
                .ToDictionary(calls => calls.Key, calls => calls.First().Exception!.Message, StringComparer.Ordinal),
            CutOff = answer.FinishReason == ChatFinishReason.Length,
            Model = answer.Model,
            Usage = answer.Usage,
        };
    }
}
