namespace CodexService.GitHub.Transport;

/// <summary>Lets so many requests through in any minute; the others wait for their turn. Thread-safe.</summary>
/// <param name="most">How many, at least 1.</param>
/// <param name="time">The clock.</param>
internal sealed class ContentWrites(int most, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim turn = new(1);
    private readonly Queue<long> let = new(most);

    /// <summary>Ends when one more may be made.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (let.Count == most)
            {
                if (Window - time.GetElapsedTime(let.Peek()) is var left && left > TimeSpan.Zero)
                {
                    await Task.Delay(left, time, cancellationToken);
                }

                let.Dequeue();
            }

            let.Enqueue(time.GetTimestamp());
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();
}
