using System.Collections.Concurrent;
using System.Threading.Channels;

namespace CodexService.Tasks.Events;

/// <summary>
/// Wakes whoever waits for a change of a task, in this process at once and in the others through
/// <see cref="TaskChangeRelay"/>. A wake-up says only "look again": the database is the truth. Thread-safe.
/// </summary>
public sealed class TaskChangeSignal
{
    private readonly ConcurrentDictionary<Guid, Channel<Guid>> subscribers = new();
    private readonly Channel<Guid> outgoing = Channel.CreateUnbounded<Guid>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Channel<bool> outbox = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    internal ChannelReader<Guid> Outgoing => outgoing.Reader;

    /// <summary>Tells this process and the others that a task changed.</summary>
    internal void Announce(Guid taskId, bool outboxFilled)
    {
        Wake(taskId);
        outgoing.Writer.TryWrite(taskId);
        if (outboxFilled)
        {
            WakeOutbox();
        }
    }

    /// <summary>Tells this process that a task changed, here or elsewhere.</summary>
    internal void Wake(Guid taskId)
    {
        foreach (var subscriber in subscribers.Values)
        {
            subscriber.Writer.TryWrite(taskId);
        }
    }

    internal void WakeOutbox() => outbox.Writer.TryWrite(true);

    /// <summary>Waits until the outbox may hold something or <paramref name="atMost"/> has passed, whichever is first.</summary>
    internal async Task WaitForOutboxAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await outbox.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time has passed; the caller looks anyway.
        }
    }

    /// <summary>Starts to listen; dispose to stop. Ids of changed tasks arrive in order, repeats possible, old ones dropped when the reader is slow.</summary>
    public TaskChangeSubscription Subscribe()
    {
        var id = Guid.NewGuid();
        var channel = Channel.CreateBounded<Guid>(new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.DropOldest });
        subscribers[id] = channel;
        return new TaskChangeSubscription(channel.Reader, () => subscribers.TryRemove(id, out _));
    }
}

/// <summary>A running subscription.</summary>
public sealed class TaskChangeSubscription(ChannelReader<Guid> changed, Action unsubscribe) : IDisposable
{
    /// <summary>Ids of changed tasks.</summary>
    public ChannelReader<Guid> Changed => changed;

    /// <summary>Waits until <paramref name="taskId"/> may have changed or <paramref name="atMost"/> has passed, whichever is first.</summary>
    public async Task WaitAsync(Guid taskId, TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            while (await changed.ReadAsync(either.Token) != taskId)
            {
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time has passed; the caller looks again.
        }
    }

    /// <inheritdoc />
    public void Dispose() => unsubscribe();
}
