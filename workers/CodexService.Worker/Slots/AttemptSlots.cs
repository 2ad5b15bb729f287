using System.Threading.Channels;
using Microsoft.Extensions.Options;

namespace CodexService.Worker.Slots;

/// <summary>How many attempts this worker can still take. Thread-safe.</summary>
internal sealed class AttemptSlots(IOptions<WorkerOptions> options)
{
    private readonly Channel<bool> changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private int free = options.Value.Slots;

    public int Free => Volatile.Read(ref free);

    /// <summary>Becomes readable when a slot was given back or an attempt took one.</summary>
    public ChannelReader<bool> Changed => changed.Reader;

    public bool TryTake()
    {
        if (Interlocked.Decrement(ref free) >= 0)
        {
            return true;
        }

        Interlocked.Increment(ref free);
        return false;
    }

    /// <summary>Gives back a slot that was not used; nobody has to look again because of it.</summary>
    public void PutBack() => Interlocked.Increment(ref free);

    /// <summary>Gives back a slot after an attempt.</summary>
    public void Release()
    {
        Interlocked.Increment(ref free);
        Announce();
    }

    public void Announce() => changed.Writer.TryWrite(true);
}
