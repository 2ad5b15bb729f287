namespace CodexService.Tasks.Turns;

/// <summary>One turn of a model brain as it was journalled; what it holds is the brain's business.</summary>
public sealed class AttemptTurn
{
    /// <summary>The attempt.</summary>
    public required Guid AttemptId { get; init; }

    /// <summary>Number of the turn; 0 is the opening.</summary>
    public required int Number { get; init; }

    /// <summary>The turn as JSON text, byte for byte as it was written.</summary>
    public required string Record { get; init; }
}
