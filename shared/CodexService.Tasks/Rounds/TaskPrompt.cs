namespace CodexService.Tasks.Rounds;

/// <summary>A follow-up's prompt. The submission's own stays with the task, as number 1.</summary>
public sealed class TaskPrompt
{
    /// <summary>The task.</summary>
    public required Guid TaskId { get; init; }

    /// <summary>From 2.</summary>
    public required int Number { get; init; }

    /// <summary>What was asked.</summary>
    public required string Text { get; init; }

    /// <summary>The command that proves its change.</summary>
    public required string TestCommand { get; init; }

    /// <summary>Commit that its work starts from; <see langword="null"/> when the task had none yet.</summary>
    public string? BaseCommit { get; init; }

    /// <summary>When it was asked, on the database's clock.</summary>
    public DateTimeOffset At { get; private set; }
}
