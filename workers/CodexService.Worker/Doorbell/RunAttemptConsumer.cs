using CodexService.Contracts.Messages;
using CodexService.Worker.Attempts;
using MassTransit;

namespace CodexService.Worker.Doorbell;

/// <summary>
/// Answers the doorbell: claims the attempt, starts it beside the delivery and acknowledges at once. A worker without a
/// free slot forgets the message; the attempt waits in the database, where the next free slot finds it.
/// </summary>
internal sealed class RunAttemptConsumer(AttemptIntake intake) : IConsumer<RunAttempt>
{
    public Task Consume(ConsumeContext<RunAttempt> context) => intake.TryStartAsync(context.Message.AttemptId, context.CancellationToken);
}
