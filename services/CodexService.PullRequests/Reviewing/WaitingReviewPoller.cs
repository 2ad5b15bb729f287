using CodexService.PullRequests.Pending;

namespace CodexService.PullRequests.Reviewing;

/// <summary>Looks for reviews that wait to be posted.</summary>
internal sealed class WaitingReviewPoller(ReviewPublisher publisher, RetryPauses pauses, TimeProvider time, ILogger<WaitingReviewPoller> logger)
    : WaitingWorkPoller(pauses, time, logger)
{
    private const int Batch = 50;

    public override async Task LookAsync(CancellationToken cancellationToken) => await EachAsync(
        "post the review of task", await publisher.WaitingAsync(Batch, cancellationToken), id => $"{id:D}", id => publisher.PublishAsync(id, cancellationToken), giveUp: null, cancellationToken);
}
