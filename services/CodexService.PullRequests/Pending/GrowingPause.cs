namespace CodexService.PullRequests.Pending;

/// <summary>How long something that failed in passing rests before its next try: 5 s, then twice as long each time, at most 15 min.</summary>
internal static class GrowingPause
{
    /// <summary>The longest one.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    // GitHub's limits are of an hour. Who asks for years must not stop the work for ever.
    private static readonly TimeSpan LongestAsked = TimeSpan.FromHours(2);

    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    /// <summary>The pause after so many failures in a row.</summary>
    /// <param name="failures">At least 1.</param>
    /// <param name="asked">The least that who refused asked for, where they did; two hours of it are kept.</param>
    public static TimeSpan After(int failures, TimeSpan? asked = null)
    {
        var pause = failures > 8 ? Longest : First * Math.Pow(2, failures - 1);
        return asked > LongestAsked ? LongestAsked : asked > pause ? asked.Value : pause;
    }
}
