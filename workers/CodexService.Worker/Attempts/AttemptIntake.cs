using System.Collections.Concurrent;
using CodexService.Tasks.Leases;
using CodexService.Worker.Slots;

namespace CodexService.Worker.Attempts;

/// <summary>Takes attempts while there are slots, and keeps what runs. Thread-safe.</summary>
internal sealed partial class AttemptIntake(
    AttemptLeases leases,
    AttemptSlots slots,
    AttemptRunner runner,
    WorkerIdentity identity,
    ILogger<AttemptIntake> logger) : IDisposable
{
    private readonly ConcurrentDictionary<AttemptLease, Task> running = new();
    private readonly CancellationTokenSource shutdown = new();

    /// <summary>Claims one attempt by id and starts it; false when no slot is free or somebody else has it.</summary>
    public Task<bool> TryStartAsync(Guid attemptId, CancellationToken cancellationToken) =>
        TryStartAsync(token => leases.ClaimAsync(attemptId, identity.Name, token), cancellationToken);

    /// <summary>Claims the oldest waiting attempt and starts it; false when no slot is free or none waits.</summary>
    public Task<bool> TryStartNextAsync(CancellationToken cancellationToken) =>
        TryStartAsync(token => leases.ClaimNextAsync(identity.Name, token), cancellationToken);

    /// <summary>
    /// Stops everything that runs; attempts go back to the queue. What cannot be written in time, as while the database is away, is left to
    /// its lease: once that has run out, somebody else goes on.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await shutdown.CancelAsync();
        try
        {
            await Task.WhenAll(running.Values).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            LogLeft(running.Count);
        }
    }

    public void Dispose() => shutdown.Dispose();

    private async Task<bool> TryStartAsync(Func<CancellationToken, Task<ClaimedAttempt?>> claim, CancellationToken cancellationToken)
    {
        if (shutdown.IsCancellationRequested || !slots.TryTake())
        {
            return false;
        }

        ClaimedAttempt? attempt = null;
        try
        {
            attempt = await claim(cancellationToken);
        }
        finally
        {
            if (attempt is null)
            {
                slots.PutBack();
            }
        }

        if (attempt is null)
        {
            return false;
        }

        slots.Announce();
        running[attempt.Lease] = Task.Run(() => RunAsync(attempt), CancellationToken.None);
        return true;
    }

    private async Task RunAsync(ClaimedAttempt attempt)
    {
        try
        {
            await runner.RunAsync(attempt, shutdown.Token);
        }
        catch (Exception e)
        {
            // Whatever it was, the lease runs out and the attempt is rescued; the slot must come back.
            LogFailed(e, attempt.Lease.AttemptId);
        }
        finally
        {
            running.TryRemove(attempt.Lease, out _);
            slots.Release();
        }
    }

    [LoggerMessage(LogLevel.Error, "Attempt {AttemptId} broke off; it will be rescued")]
    private partial void LogFailed(Exception exception, Guid attemptId);

    [LoggerMessage(LogLevel.Warning, "The end of {Count} attempts could not be written before this worker has to stop; others go on with them when their leases have run out")]
    private partial void LogLeft(int count);
}
