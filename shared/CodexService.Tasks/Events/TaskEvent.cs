namespace CodexService.Tasks.Events;

/// <summary>One entry of the append-only log.</summary>
public sealed class TaskEvent
{
    internal TaskEvent(Guid taskId, long seq, string type, int? attempt, string message, string? data)
    {
        TaskId = taskId;
        Seq = seq;
        Type = type;
        Attempt = attempt;
        Message = message;
        Data = data;
    }

    private TaskEvent()
    {
    }

    /// <summary>The task.</summary>
    public Guid TaskId { get; private set; }

    /// <summary>1-based, gapless per task.</summary>
    public long Seq { get; private set; }

    /// <summary>Type.</summary>
    public string Type { get; private set; } = "";

    /// <summary>Attempt number, or <see langword="null"/>.</summary>
    public int? Attempt { get; private set; }

    /// <summary>One line for people.</summary>
    public string Message { get; private set; } = "";

    /// <summary>JSON, or <see langword="null"/>.</summary>
    public string? Data { get; private set; }

    /// <summary>When, on the database's clock.</summary>
    public DateTimeOffset At { get; private set; }
}
