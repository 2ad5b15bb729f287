namespace CodexService.Tasks.Outbox;

/// <summary>A message that waits to be handed to the broker; written in the transaction of the change that it announces.</summary>
public sealed class OutboxMessage
{
    /// <summary>Order of writing.</summary>
    public long Id { get; private set; }

    /// <summary>Full name of the message type in CodexService.Contracts.</summary>
    public required string Type { get; init; }

    /// <summary>JSON.</summary>
    public required string Body { get; init; }

    /// <summary>When it was written.</summary>
    public DateTimeOffset CreatedAt { get; private set; }
}
