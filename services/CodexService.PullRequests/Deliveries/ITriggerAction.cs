using CodexService.Contracts.Api;
using CodexService.GitHub.Rest;
using CodexService.GitHub.Webhooks;
using CodexService.PullRequests.Triggers;
using CodexService.Tasks.Deliveries;

namespace CodexService.PullRequests.Deliveries;

/// <summary>
/// Does what a delivery asks for, after the permission of who asked was checked. May run again for the same delivery after a
/// crash and then finds what it did. Implementations are thread-safe.
/// </summary>
internal interface ITriggerAction
{
    /// <summary>Whether this one does it. The first registered action that takes a trigger does it.</summary>
    ValueTask<bool> TakesAsync(TriggerContext context, CancellationToken cancellationToken);

    /// <summary>What stands against beginning it, looked up before anybody is shown that it was seen; <see langword="null"/> for nothing.</summary>
    Task<TriggerOutcome?> AgainstAsync(TriggerContext context, CancellationToken cancellationToken) => Task.FromResult<TriggerOutcome?>(null);

    /// <summary>Does it.</summary>
    /// <exception cref="GitHub.GitHubException">GitHub did not answer as it should; handled by the caller: tried again, or told in one line.</exception>
    Task<TriggerOutcome> RunAsync(TriggerContext context, CancellationToken cancellationToken);
}

/// <summary>A trigger with everything that is known of it.</summary>
/// <param name="Delivery">The delivery.</param>
/// <param name="Payload">What it says; written by strangers.</param>
/// <param name="Wanted">What it asks for.</param>
/// <param name="Repository">The calls on its repository.</param>
/// <param name="Info">The repository as it is now.</param>
/// <param name="Settings">What its base branch allows.</param>
internal sealed record TriggerContext(
    Delivery Delivery,
    WebhookPayload Payload,
    TriggerDecision.Wanted Wanted,
    IGitHubRepository Repository,
    RepositoryInfo Info,
    TriggerSettings Settings)
{
    /// <summary>Branch whose <see cref="Settings"/> hold.</summary>
    public string? SettingsBranch { get; init; }

    /// <summary>
    /// When it was said, on the database's clock: what came later was not known to who said it. It is what the delivery tells, as that may
    /// have been missed and come again, and never later than when it came. GitHub tells whole seconds; all of that second counts.
    /// </summary>
    public DateTimeOffset SaidAt => SaidOnGitHubAt < Delivery.ReceivedAt ? SaidOnGitHubAt : Delivery.ReceivedAt;

    /// <summary>The same on GitHub's clock, where the delivery tells it: what is compared with GitHub's own times must not hang on the database's clock.</summary>
    public DateTimeOffset SaidOnGitHubAt => Payload.SaidAt?.ToUniversalTime().AddSeconds(1).AddMicroseconds(-1) ?? Delivery.ReceivedAt;

    /// <summary>Whether this is a bot that the repository's settings let start work.</summary>
    public bool IsListedBot(string login) => login.EndsWith("[bot]", StringComparison.OrdinalIgnoreCase) && Settings.Bots.Contains(login, StringComparer.OrdinalIgnoreCase);
}

/// <summary>What came of a trigger.</summary>
/// <param name="State"><see cref="DeliveryState.Acted"/>, <see cref="DeliveryState.Ignored"/> or <see cref="DeliveryState.Refused"/>; <see cref="DeliveryState.Received"/> for not yet.</param>
/// <param name="Decision">Why; one line for the list of deliveries.</param>
/// <param name="TaskId">The task that was started or changed.</param>
internal sealed record TriggerOutcome(DeliveryState State, string Decision, Guid? TaskId = null)
{
    /// <summary>One line for the issue or pull request, when somebody has to read it there; <see langword="null"/> for none.</summary>
    public string? Reply { get; init; }

    /// <summary>What stands under <see cref="Reply"/>: Markdown that is safe to post; <see langword="null"/> for nothing.</summary>
    public string? ReplyDetails { get; init; }

    /// <summary>Nothing yet: it is handled again in some seconds, as often as it takes.</summary>
    public static TriggerOutcome Later(string line) => new(DeliveryState.Received, line);

    /// <summary>Not done; the line is told where it was asked.</summary>
    public static TriggerOutcome Refused(string line, Guid? taskId = null) => new(DeliveryState.Refused, line, taskId) { Reply = line };
}
