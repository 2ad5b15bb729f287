namespace CodexService.Tasks.Budgets;

/// <summary>Something that was used, as it counts against a user's budget. Append-only.</summary>
public sealed class UsageEntry
{
    /// <summary>The attempt.</summary>
    public required Guid AttemptId { get; init; }

    /// <summary>What it was for, once per attempt: <c>turn:3</c>, <c>unanswered:4:1</c> (turn and claim), <c>claim:1</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Name of the access token of who asked for the attempt; <see langword="null"/> when nobody knows.</summary>
    public string? UserName { get; init; }

    /// <summary>When it was used up, on the database's clock.</summary>
    public DateTimeOffset At { get; private set; }

    /// <summary>Model calls.</summary>
    public required int Turns { get; init; }

    /// <summary>Prompt and answer tokens.</summary>
    public required long Tokens { get; init; }

    /// <summary>Money in the currency of the price table.</summary>
    public required decimal Cost { get; init; }

    /// <summary>Wall clock of a claim.</summary>
    public required double Seconds { get; init; }
}
