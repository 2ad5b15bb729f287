using CodexService.Contracts.Messages;
using MassTransit;

namespace CodexService.PullRequests.Reviewing;

/// <summary>Puts a finished review on its pull request.</summary>
internal sealed class ReviewFinishedConsumer(ReviewPublisher publisher) : IConsumer<ReviewFinished>
{
    public Task Consume(ConsumeContext<ReviewFinished> context) => publisher.PublishAsync(context.Message.TaskId, context.CancellationToken);
}
