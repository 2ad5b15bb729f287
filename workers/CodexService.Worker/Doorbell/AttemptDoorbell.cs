using CodexService.ServiceDefaults.Messaging;
using MassTransit;

namespace CodexService.Worker.Doorbell;

/// <summary>
/// Listens to the queue only while a slot is free, one delivery at a time: a busy worker holds no delivery that an idle
/// one could answer. Not thread-safe.
/// </summary>
internal sealed class AttemptDoorbell(IReceiveEndpointConnector connector)
{
    private const string Queue = "run-attempt";

    private HostReceiveEndpointHandle? endpoint;

    public void Open() => endpoint ??= connector.ConnectReceiveEndpoint(Queue, (context, queue) =>
    {
        BusServiceCollectionExtensions.ConfigureQueue(queue, prefetch: 1);
        queue.ConfigureConsumer<RunAttemptConsumer>(context);
    });

    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        if (endpoint is null)
        {
            return;
        }

        await endpoint.StopAsync(cancellationToken);
        endpoint = null;
    }
}
