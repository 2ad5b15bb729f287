using CodexService.PullRequests.FollowUps;
using CodexService.PullRequests.Triggers;
using CodexService.Tasks.Deliveries;

namespace CodexService.PullRequests.Deliveries;

/// <summary>
/// A stop holds for all that was asked for before it, also for what GitHub tells of only afterwards. Thread-safe.
/// </summary>
internal sealed class Stops(DeliveryStore deliveries, OurWork work)
{
    private const string Line = "it was said to stop after this was asked for; ask again if it is still wanted";

    /// <summary>Notes a stop, for the issue and for its pull request.</summary>
    public async Task SaveAsync(TriggerContext context, CancellationToken cancellationToken)
    {
        var number = context.Wanted.Number;
        int[] numbers = await work.TaskAsync(context.Info, number, cancellationToken) is { } task
            ? [number, .. await work.NumbersAsync(task.Id, cancellationToken)]
            : [number];
        await deliveries.SaveStopAsync(context.Info.Id, numbers, context.SaidAt.ToUniversalTime(), cancellationToken);
    }

    /// <summary>What stands against beginning something; <see langword="null"/> for nothing.</summary>
    public async Task<TriggerOutcome?> AgainstAsync(TriggerContext context, CancellationToken cancellationToken)
    {
        var begins = context.Wanted.Command is TriggerCommand.Fix or TriggerCommand.Plan or TriggerCommand.Review or TriggerCommand.FollowUp or TriggerCommand.Retry;
        return !begins || await deliveries.FindStopAsync(context.Info.Id, context.Wanted.Number, cancellationToken) is not { } stopped || stopped < context.SaidAt ? null
            : context is { Wanted.Said: null, Payload.Review: null } ? new TriggerOutcome(Contracts.Api.DeliveryState.Ignored, Line)
            : TriggerOutcome.Refused(Line);
    }
}
