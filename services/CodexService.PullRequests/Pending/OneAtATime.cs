using System.Collections.Concurrent;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Pending;

/// <summary>
/// Keeps doorbells and pollers of this process and of others from working on the same task at once. Every step can be repeated and
/// finds what is there, but two at once see each other's halves. Thread-safe.
/// </summary>
internal sealed class OneAtATime(IDbContextFactory<TasksDbContext> contexts)
{
    private readonly ConcurrentDictionary<Guid, byte> busy = new();

    /// <summary>Runs <paramref name="work"/> unless the task is being worked on.</summary>
    /// <returns>Whether it ran.</returns>
    public async Task<bool> RunAsync(Guid taskId, Func<Task> work, CancellationToken cancellationToken)
    {
        if (!busy.TryAdd(taskId, 0))
        {
            return false;
        }

        try
        {
            await using var turn = await DatabaseLock.TryTakeAsync(contexts, $"task:{taskId:N}", cancellationToken);
            if (turn is null)
            {
                return false;
            }

            await work();
            return true;
        }
        finally
        {
            busy.TryRemove(taskId, out _);
        }
    }
}
