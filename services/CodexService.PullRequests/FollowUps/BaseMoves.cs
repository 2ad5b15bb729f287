using CodexService.Contracts.Api;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Triggers;
using CodexService.Repositories;
using CodexService.Tasks.FollowUps;

namespace CodexService.PullRequests.FollowUps;

/// <summary>
/// Somebody pushed to a branch that open pull requests of ours are meant for, or we published one: whether they fit is looked at. Of
/// what is being published right now GitHub may tell before we know; that is looked at when it is stored.
/// </summary>
internal sealed class BaseMoves(OurWork work, PendingFollowUps pending, TimeProvider time) : ITriggerAction
{
    public ValueTask<bool> TakesAsync(TriggerContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(context.Wanted is { Command: TriggerCommand.BaseMoved, HeadCommit: not null });

    public async Task<TriggerOutcome> RunAsync(TriggerContext context, CancellationToken cancellationToken)
    {
        // First what is not stored yet: in the other order one that is stored meanwhile would be seen by neither.
        var published = await work.PublishingAsync(context.Info, cancellationToken);
        var pulls = await work.OnBaseAsync(context.Info, context.Wanted.Text, cancellationToken);
        foreach (var pull in pulls)
        {
            await pending.LookForConflictsAsync(pull, context.Wanted.HeadCommit!, time.GetUtcNow(), cancellationToken);
        }

        var publishing = published.Except(pulls.Select(pull => pull.TaskId)).ToList();
        foreach (var task in publishing)
        {
            await pending.LookForConflictsAsync(task, RepositoryAddress.Parse(context.Info.CloneUrl).Value, context.Wanted.HeadCommit!, time.GetUtcNow(), cancellationToken);
        }

        if (pulls.Count == 0 && publishing.Count > 0)
        {
            return new TriggerOutcome(DeliveryState.Acted, "whether what is being published fits is looked at", publishing.Count == 1 ? publishing[0] : null);
        }

        return pulls.Count == 0
            ? new TriggerOutcome(DeliveryState.Ignored, "no open pull request of ours is meant for this branch")
            : new TriggerOutcome(DeliveryState.Acted, $"whether {(pulls.Count == 1 ? "a pull request" : $"{pulls.Count} pull requests")} of ours still {(pulls.Count == 1 ? "fits" : "fit")} is looked at", pulls.Count == 1 ? pulls[0].TaskId : null);
    }
}
