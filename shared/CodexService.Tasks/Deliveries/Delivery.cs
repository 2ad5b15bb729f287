using CodexService.Contracts.Api;

namespace CodexService.Tasks.Deliveries;

/// <summary>A webhook delivery of GitHub: stored as it came, handled later. Changed only through <see cref="DeliveryStore"/>.</summary>
public sealed class Delivery
{
    /// <summary>GitHub's id of it (<c>X-GitHub-Delivery</c>); a repeated delivery has the same.</summary>
    public required string Id { get; init; }

    /// <summary>Name of the event (<c>X-GitHub-Event</c>).</summary>
    public required string Event { get; init; }

    /// <summary>What happened, for example <c>labeled</c>; <see langword="null"/> for events without actions.</summary>
    public string? Action { get; init; }

    /// <summary>Repository as <c>owner/name</c>; <see langword="null"/> for events of an installation.</summary>
    public string? Repository { get; init; }

    /// <summary>Issue or pull request that it is about.</summary>
    public int? Number { get; init; }

    /// <summary>Login of who did it.</summary>
    public string? Sender { get; init; }

    /// <summary>The JSON as it came; of one above 1 MiB what the service reads.</summary>
    public required byte[] Body { get; init; }

    /// <summary>When it came, on the database's clock.</summary>
    public DateTimeOffset ReceivedAt { get; private set; }

    /// <summary>What came of it.</summary>
    public DeliveryState State { get; private set; } = DeliveryState.Received;

    /// <summary>Why; one line.</summary>
    public string? Decision { get; private set; }

    /// <summary>The task that it started or changed.</summary>
    public Guid? TaskId { get; private set; }

    /// <summary>How often its handling was begun.</summary>
    public int Tries { get; private set; }

    /// <summary>Not handled before this, on the database's clock: somebody works on it, or GitHub asked to come back later.</summary>
    public DateTimeOffset? HeldUntil { get; private set; }

    /// <summary>When <see cref="State"/> became final.</summary>
    public DateTimeOffset? HandledAt { get; private set; }
}
