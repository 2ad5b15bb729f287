namespace CodexService.PullRequests.Pending;

/// <summary>How long something that failed in passing rests before its next try: 5 s, then twice as long each time, at most 15 min.</summary>
internal static class GrowingPause
{
    /// <summary>The longest one.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    /// <summary>The pause after so many failures in a row.</summary>
    /// <param name="failures">At least 1.</param>
    /// <param name="asked">The least that who refused asked for, where they did.</param>
    public static TimeSpan After(int failures, TimeSpan? asked = null) => Doubled(First, failures, Longest, asked);

    /// <summary>A pause that begins otherwise than the usual one, or grows further.</summary>
    /// <param name="first">After the first failure.</param>
    /// <param name="failures">How many in a row, at least 1.</param>
    /// <param name="longest">What it does not grow beyond.</param>
    /// <param name="asked">The least that who refused asked for, where they did; may be longer.</param>
    public static TimeSpan Doubled(TimeSpan first, int failures, TimeSpan longest, TimeSpan? asked = null)
    {
        var pause = first;
        for (var failed = 1; failed < failures && pause < longest; failed++)
        {
            pause *= 2;
        }

        pause = pause < longest ? pause : longest;
        return asked > pause ? asked.Value : pause;
    }

    /// <summary>How long the pauses still to come last together.</summary>
    /// <param name="failures">How many tries have failed.</param>
    /// <param name="most">How many may.</param>
    public static TimeSpan Left(int failures, int most) => Enumerable.Range(failures + 1, Math.Max(0, most - failures - 1)).Aggregate(TimeSpan.Zero, (sum, failed) => sum + After(failed));
}
