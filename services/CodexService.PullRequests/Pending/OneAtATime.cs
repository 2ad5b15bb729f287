using System.Collections.Concurrent;

namespace CodexService.PullRequests.Pending;

/// <summary>
/// Keeps the doorbell and the poller of this process from working on the same task at once. Between processes nothing
/// needs to: every step can be repeated and finds what is there. Thread-safe.
/// </summary>
internal sealed class OneAtATime
{
    private readonly ConcurrentDictionary<Guid, byte> busy = new();

    /// <summary>Runs <paramref name="work"/> unless the task is being worked on.</summary>
    public async Task RunAsync(Guid taskId, Func<Task> work)
    {
        if (!busy.TryAdd(taskId, 0))
        {
            return;
        }

        try
        {
            await work();
        }
        finally
        {
            busy.TryRemove(taskId, out _);
        }
    }
}
