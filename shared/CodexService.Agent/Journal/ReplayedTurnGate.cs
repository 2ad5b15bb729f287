using CodexService.Agent.Loop;

namespace CodexService.Agent.Journal;

/// <summary>Says before each turn what people said before that turn of a recorded attempt. Thread-safe.</summary>
public sealed class ReplayedTurnGate(ReplayBundle bundle) : ITurnGate
{
    /// <inheritdoc/>
    public ValueTask<GateDecision> BeforeTurnAsync(TurnState state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(state);
        return ValueTask.FromResult(bundle.Turns.FirstOrDefault(turn => turn.Number == state.NextTurn)?.Heard ?? GateDecision.GoOn);
    }
}
