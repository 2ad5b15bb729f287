namespace CodexService.Tasks.Deliveries;

/// <summary>Something that was asked for on GitHub and is done once, however many deliveries tell of it.</summary>
public sealed class HandledTrigger
{
    /// <summary>GitHub's id of the repository.</summary>
    public required long RepositoryId { get; init; }

    /// <summary>What was asked for, for example <c>issue:7:fix</c>.</summary>
    public required string Key { get; init; }

    /// <summary>The delivery that is, or was, handled for it.</summary>
    public required string DeliveryId { get; init; }

    /// <summary>When, on the database's clock.</summary>
    public DateTimeOffset At { get; private set; }
}
