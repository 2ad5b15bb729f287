using System.Diagnostics;

namespace CodexService.Benchmarks.Measuring;

/// <summary>Wall clock of asynchronous actions.</summary>
internal static class Timing
{
    public static async Task<TimeSpan> OfAsync(Func<Task> action)
    {
        var began = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>
    /// Does the first and the second action in turn, so that what else happens on the machine meets both alike, and
    /// returns the median of each in milliseconds. After each comes <paramref name="pause"/>, so that neither pays for
    /// what the other leaves to be cleaned up.
    /// </summary>
    public static async Task<(double First, double Second)> InTurnAsync(
        int rounds, TimeSpan pause, Func<Task> first, Func<Task> second, CancellationToken cancellationToken)
    {
        var firsts = new List<double>();
        var seconds = new List<double>();
        for (var i = 0; i < rounds; i++)
        {
            firsts.Add((await OfAsync(first)).TotalMilliseconds);
            await Task.Delay(pause, TimeProvider.System, cancellationToken);
            seconds.Add((await OfAsync(second)).TotalMilliseconds);
            await Task.Delay(pause, TimeProvider.System, cancellationToken);
        }

        return (Spread.Of(firsts).Median, Spread.Of(seconds).Median);
    }
}
