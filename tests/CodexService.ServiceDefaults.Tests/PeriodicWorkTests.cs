namespace CodexService.ServiceDefaults.Tests;

public sealed class PeriodicWorkTests
{
    [Fact]
    public async Task RunAsync_TurnThatFails_IsToldAndTheNextComes()
    {
        using var stop = new CancellationTokenSource();
        var failed = new List<Exception>();
        var turns = 0;

        // A timeout of its own looks like the service's stop, and is none.
        var running = PeriodicWork.RunAsync(
            TimeSpan.FromMilliseconds(1),
            TimeProvider.System,
            async token =>
            {
                if (++turns < 3)
                {
                    throw turns == 1 ? new TaskCanceledException("no answer") : new InvalidOperationException("broken");
                }

                await stop.CancelAsync();
                token.ThrowIfCancellationRequested();
            },
            failed.Add,
            stop.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["no answer", "broken"], failed.Select(one => one.Message));
        Assert.Equal(3, turns);
    }
}
