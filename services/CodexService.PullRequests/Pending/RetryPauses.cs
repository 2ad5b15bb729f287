using System.Collections.Concurrent;

namespace CodexService.PullRequests.Pending;

/// <summary>
/// When what failed in passing is due again (<see cref="GrowingPause"/>). Kept in memory: a service that was started anew tries at once,
/// which costs a try and no work. Thread-safe.
/// </summary>
internal sealed class RetryPauses(TimeProvider time)
{
    // One that has not failed again for so long belongs to work that is done or gone, maybe in another process: what fails later begins anew.
    private const int MostKept = 1000;
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, Failing> failing = new(StringComparer.Ordinal);

    /// <summary>Whether it may be tried now.</summary>
    public bool IsDue(string item) => !failing.TryGetValue(item, out var one) || one.NextTryAt <= time.GetUtcNow();

    /// <summary>Notes a failure.</summary>
    /// <param name="item">What failed.</param>
    /// <param name="asked">The least pause that who refused asked for, where they did.</param>
    /// <returns>Since when it fails, and how long it rests.</returns>
    public (DateTimeOffset Since, TimeSpan Pause) Failed(string item, TimeSpan? asked = null)
    {
        var now = time.GetUtcNow();
        var pause = TimeSpan.Zero;
        var noted = failing.AddOrUpdate(
            item,
            _ => Next(new Failing(now, 0, now)),
            (_, earlier) => Next(earlier.NextTryAt + Forgotten < now ? new Failing(now, 0, now) : earlier));
        if (failing.Count > MostKept)
        {
            foreach (var old in failing.Where(one => one.Value.NextTryAt + Forgotten < now))
            {
                failing.TryRemove(old);
            }
        }

        return (noted.Since, pause);

        Failing Next(Failing earlier)
        {
            pause = GrowingPause.After(earlier.Failures + 1, asked);
            return new Failing(earlier.Since, earlier.Failures + 1, now + pause);
        }
    }

    /// <summary>It succeeded, or is given up.</summary>
    public void Forget(string item) => failing.TryRemove(item, out _);

    private sealed record Failing(DateTimeOffset Since, int Failures, DateTimeOffset NextTryAt);
}
