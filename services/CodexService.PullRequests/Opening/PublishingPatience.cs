using System.Collections.Concurrent;

namespace CodexService.PullRequests.Opening;

/// <summary>
/// How long a repository that does not take a patch is tried again: ten minutes from the first trouble. A time that its host asks to
/// stay away for is waited for besides, for a day at most. Kept in memory: a new process begins anew. Thread-safe.
/// </summary>
internal sealed class PublishingPatience(TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    // GitHub's limits are of an hour.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(2);
    private static readonly TimeSpan LongestAway = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<Guid, Trouble> troubles = new();

    /// <summary>Whether the task may be tried now.</summary>
    public bool IsTime(Guid taskId) => !troubles.TryGetValue(taskId, out var trouble) || time.GetUtcNow() >= trouble.NotBefore;

    /// <summary>Counts a trouble; whether it is worth another try.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="retryAfter">How long the host asks to stay away.</param>
    public bool IsLeft(Guid taskId, TimeSpan? retryAfter = null)
    {
        var now = time.GetUtcNow();
        var wait = retryAfter is { } asked ? (asked < LongestWait ? asked : LongestWait) : TimeSpan.Zero;
        var trouble = troubles.GetOrAdd(taskId, _ => new Trouble(now, now, TimeSpan.Zero));
        troubles[taskId] = trouble with { NotBefore = now + wait, Waited = trouble.Waited + wait };
        return now - trouble.Since < (wait > TimeSpan.Zero ? LongestAway : Patience + trouble.Waited);
    }

    /// <summary>The task is done.</summary>
    public void Forget(Guid taskId) => troubles.TryRemove(taskId, out _);

    private sealed record Trouble(DateTimeOffset Since, DateTimeOffset NotBefore, TimeSpan Waited);
}
