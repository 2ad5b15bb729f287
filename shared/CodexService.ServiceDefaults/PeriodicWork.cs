namespace CodexService.ServiceDefaults;

/// <summary>Work that a service does again and again as long as it runs.</summary>
public static class PeriodicWork
{
    /// <summary>Does the work at once and then after each interval; one failure keeps it from nothing but that turn. Turns never overlap.</summary>
    /// <param name="interval">From the start of one turn to the next; a turn that takes longer is followed by the next at once.</param>
    /// <param name="time">The clock.</param>
    /// <param name="work">One turn.</param>
    /// <param name="failed">Told what a turn failed with, a timeout of its own too.</param>
    /// <param name="stopping">Ends it, with <see cref="OperationCanceledException"/>.</param>
    public static async Task RunAsync(TimeSpan interval, TimeProvider time, Func<CancellationToken, Task> work, Action<Exception> failed, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(interval, time);
        do
        {
            try
            {
                await work(stopping);
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                failed(e);
            }
        }
        while (await timer.WaitForNextTickAsync(stopping));
    }
}
