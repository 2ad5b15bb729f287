namespace CodexService.Tasks.Steering;

/// <summary>What a person said to a running task. Never changed; who has read it is in the journals of the attempts.</summary>
public sealed class TaskMessage
{
    /// <summary>The task.</summary>
    public required Guid TaskId { get; init; }

    /// <summary>1-based and gapless within the task.</summary>
    public required int Number { get; init; }

    /// <summary>What was said.</summary>
    public required string Text { get; init; }

    /// <summary>When, on the database's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Number of the one attempt that reads it; <see langword="null"/> for every attempt.</summary>
    public int? Attempt { get; init; }
}
