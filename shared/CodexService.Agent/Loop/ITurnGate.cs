using CodexService.Models;

namespace CodexService.Agent.Loop;

/// <summary>
/// Lets people into the loop: asked before every turn, it may hold the loop (a pause, a plan that waits for approval),
/// hand over messages, or end the work. Waiting here does not count as working time.
/// </summary>
public interface ITurnGate
{
    /// <summary>A gate that is always open.</summary>
    static ITurnGate Open { get; } = new OpenGate();

    /// <summary>Returns when the next turn may start.</summary>
    ValueTask<GateDecision> BeforeTurnAsync(TurnState state, CancellationToken cancellationToken);

    private sealed class OpenGate : ITurnGate
    {
        public ValueTask<GateDecision> BeforeTurnAsync(TurnState state, CancellationToken cancellationToken) => ValueTask.FromResult(GateDecision.GoOn);
    }
}

/// <summary>What a gate decides.</summary>
/// <param name="Messages">Messages of people that the model reads before the turn, oldest first.</param>
/// <param name="StopReason">Ends the work, which is kept; one line for people. <see langword="null"/> to go on.</param>
public sealed record GateDecision(IReadOnlyList<string> Messages, string? StopReason = null)
{
    /// <summary>Go on, nothing to say.</summary>
    public static GateDecision GoOn { get; } = new([]);
}

/// <summary>Where the work stands between two turns.</summary>
/// <param name="NextTurn">Number of the turn that comes next, from 1.</param>
/// <param name="Plan">The plan as the model keeps it; <see langword="null"/> before it made one.</param>
/// <param name="ChangedFiles">Whether files may have been changed so far.</param>
/// <param name="Usage">What was used so far.</param>
public sealed record TurnState(int NextTurn, string? Plan, bool ChangedFiles, ModelUsage Usage);
