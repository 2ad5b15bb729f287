using CodexService.Contracts.Messages;
using MassTransit;

namespace CodexService.PullRequests.Deliveries;

/// <summary>Handles a stored delivery as soon as it has come.</summary>
internal sealed class HandleDeliveryConsumer(DeliveryHandler handler) : IConsumer<HandleDelivery>
{
    public Task Consume(ConsumeContext<HandleDelivery> context) => handler.HandleAsync(context.Message.DeliveryId, context.CancellationToken);
}
