using CodexService.Models;

namespace CodexService.Agent.Loop;

/// <summary>
/// Lets people into the loop: asked before every turn, it says what they want, may hold the loop for a moment, or end the
/// work. What it takes does not count as working time. A loop that has to wait for a person parks (<see cref="Parking"/>).
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

/// <summary>What a gate decides. What the model was told of it is journalled with the turn, so that it is told once.</summary>
/// <param name="Messages">Messages of people that the model reads before the turn, oldest first.</param>
/// <param name="StopReason">Ends the work, which is kept; one line for people. <see langword="null"/> to go on.</param>
public sealed record GateDecision(IReadOnlyList<string> Messages, string? StopReason = null)
{
    /// <summary>Go on, nothing to say.</summary>
    public static GateDecision GoOn { get; } = new([]);

    /// <summary>Whether a person asked to pause: the loop parks, and reads the messages when it goes on.</summary>
    public bool Pause { get; init; }

    /// <summary>Number of the newest message that was read when this turn started; 0 for none.</summary>
    public int ReadThrough { get; init; }

    /// <summary>The plan that a person approved, edited or not; <see langword="null"/> while none is approved.</summary>
    public string? ApprovedPlan { get; init; }
}

/// <summary>Where the work stands between two turns.</summary>
/// <param name="NextTurn">Number of the turn that comes next, from 1.</param>
/// <param name="Plan">The plan as the model keeps it; <see langword="null"/> before it made one.</param>
/// <param name="ChangedFiles">Whether files may have been changed so far.</param>
/// <param name="Usage">What was used so far.</param>
public sealed record TurnState(int NextTurn, string? Plan, bool ChangedFiles, ModelUsage Usage)
{
    /// <summary>Number of the newest message that earlier turns have read; 0 for none.</summary>
    public int MessagesRead { get; init; }
}

/// <summary>The work waits for a person and was given up for now; the journal leads back to the same place.</summary>
/// <param name="Plan">The plan that waits for approval; <see langword="null"/> when a person asked to pause.</param>
/// <param name="MessagesRead">Number of the newest message that the model has read; 0 for none.</param>
/// <param name="UsedTime">Working time so far, that of earlier claims included.</param>
public sealed record Parking(string? Plan, int MessagesRead, TimeSpan UsedTime);
