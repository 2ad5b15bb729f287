using CodexService.Tasks.Events;
using CodexService.Tasks.Leases;

namespace CodexService.Worker.Attempts;

/// <summary>Why an attempt has to stop.</summary>
internal enum StopCause
{
    /// <summary>It need not.</summary>
    None,

    /// <summary>A person cancelled the task.</summary>
    Cancelled,

    /// <summary>Its wall clock is used up.</summary>
    Deadline,

    /// <summary>The worker shuts down.</summary>
    Shutdown,

    /// <summary>Somebody else holds the attempt.</summary>
    LeaseLost,
}

/// <summary>
/// Keeps the lease while an attempt runs and stops the work for one of four reasons, which it tells apart: a person, the
/// deadline, the worker's shutdown, or a lost lease. A change of the task wakes it, so that a cancel is heard at once.
/// </summary>
internal sealed partial class AttemptSession : IAsyncDisposable
{
    // A busy attempt changes its own task many times a second; it need not ask about itself that often.
    private static readonly TimeSpan SmallestPause = TimeSpan.FromMilliseconds(250);

    private readonly ClaimedAttempt attempt;
    private readonly AttemptLeases leases;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource ended = new();
    private readonly CancellationTokenSource deadline;
    private readonly CancellationTokenRegistration onDeadline;
    private readonly CancellationTokenRegistration onShutdown;
    private readonly Task heartbeat;
    private volatile string? cannotPause;
    private int cause;

    public AttemptSession(ClaimedAttempt attempt, AttemptLeases leases, TaskChangeSignal signal, TimeProvider time, ILogger logger, CancellationToken shutdown)
    {
        this.attempt = attempt;
        this.leases = leases;
        this.time = time;
        this.logger = logger;
        deadline = new CancellationTokenSource(attempt.Timeout, time);
        onDeadline = deadline.Token.Register(() => Stop(StopCause.Deadline));
        onShutdown = shutdown.Register(() => Stop(StopCause.Shutdown));
        heartbeat = HeartbeatAsync(signal.Subscribe());
    }

    /// <summary>Cancelled when the work has to stop, for whatever reason.</summary>
    public CancellationToken Stopping => stop.Token;

    /// <summary>The first reason to stop.</summary>
    public StopCause Cause => (StopCause)Volatile.Read(ref cause);

    /// <summary>From here on the work cannot be paused; whoever asks is told so in the task's log.</summary>
    public void RefusePauses(string reason) => cannotPause = reason;

    /// <summary>Stops the work; only the first cause counts.</summary>
    public void Stop(StopCause why)
    {
        if (Interlocked.CompareExchange(ref cause, (int)why, (int)StopCause.None) == (int)StopCause.None)
        {
            stop.Cancel();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await heartbeat;
        await onDeadline.DisposeAsync();
        await onShutdown.DisposeAsync();
        deadline.Dispose();
        ended.Dispose();
        stop.Dispose();
    }

    private async Task HeartbeatAsync(TaskChangeSubscription changes)
    {
        using (changes)
        {
            var renewed = time.GetTimestamp();
            while (!ended.IsCancellationRequested)
            {
                try
                {
                    await changes.WaitAsync(attempt.Lease.TaskId, leases.HeartbeatInterval, time, ended.Token);
                    var standing = await leases.HeartbeatAsync(attempt.Lease, ended.Token);
                    renewed = time.GetTimestamp();
                    if (standing is LeaseStanding.Lost or LeaseStanding.CancelRequested)
                    {
                        Stop(standing == LeaseStanding.Lost ? StopCause.LeaseLost : StopCause.Cancelled);
                    }
                    else if (standing == LeaseStanding.PauseRequested && cannotPause is { } reason)
                    {
                        await leases.RefusePauseAsync(attempt.Lease, reason, ended.Token);
                    }

                    await Task.Delay(SmallestPause, time, ended.Token);
                }
                catch (OperationCanceledException) when (ended.IsCancellationRequested)
                {
                    return;
                }
                catch (Exception e)
                {
                    LogHeartbeatFailed(attempt.Lease.AttemptId, e.Message);

                    // Whoever cannot renew for a whole lease must assume that somebody else has taken over.
                    if (time.GetElapsedTime(renewed) >= leases.LeaseTime)
                    {
                        Stop(StopCause.LeaseLost);
                    }
                }
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The lease of attempt {AttemptId} could not be renewed ({Reason})")]
    private partial void LogHeartbeatFailed(Guid attemptId, string reason);
}
