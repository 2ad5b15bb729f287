using System.Threading.Channels;
using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Leases;

namespace CodexService.Worker.Attempts;

/// <summary>
/// Writes an attempt's events in order without holding up the work. Progress is thinned to a few entries a second;
/// everything else is written. Dispose to write out what is left. Thread-safe.
/// </summary>
internal sealed partial class AttemptJournal : IAsyncDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProgressPause = TimeSpan.FromMilliseconds(400);

    private readonly Channel<AttemptReport> queue = Channel.CreateUnbounded<AttemptReport>(new UnboundedChannelOptions { SingleReader = true });
    private readonly AttemptLeases leases;
    private readonly AttemptLease lease;
    private readonly TimeProvider time;
    private readonly Action onLeaseLost;
    private readonly ILogger logger;
    private readonly Task writing;
    private long lastProgress;

    public AttemptJournal(AttemptLeases leases, AttemptLease lease, TimeProvider time, Action onLeaseLost, ILogger logger)
    {
        this.leases = leases;
        this.lease = lease;
        this.time = time;
        this.onLeaseLost = onLeaseLost;
        this.logger = logger;
        writing = WriteAsync();
    }

    /// <summary>Notes that a stage began.</summary>
    public void StartStage(string stage, string message, AttemptReport? with = null) => Write((with ?? new AttemptReport("", "")) with
    {
        Type = TaskEventTypes.StageStarted,
        Message = message,
        Stage = stage,
        Data = new { stage, candidates = with?.CandidatesTried ?? 0 },
    });

    /// <summary>Notes progress, unless the last note is younger than a moment.</summary>
    public void Progress(string stage, string message, int candidates, object? data)
    {
        var now = time.GetTimestamp();
        if (lastProgress != 0 && time.GetElapsedTime(lastProgress, now) < ProgressPause)
        {
            return;
        }

        lastProgress = now;
        Write(new AttemptReport(TaskEventTypes.Progressed, message)
        {
            Stage = stage,
            CandidatesTried = candidates,
            Data = new { stage, candidates, details = data },
        });
    }

    /// <summary>Notes anything else.</summary>
    public void Write(AttemptReport report) => queue.Writer.TryWrite(report);

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await writing;
    }

    private async Task WriteAsync()
    {
        var lost = false;
        await foreach (var report in queue.Reader.ReadAllAsync())
        {
            if (lost)
            {
                continue;
            }

            lost = !await TryWriteAsync(report);
            if (lost)
            {
                onLeaseLost();
            }
        }
    }

    // No event is skipped: what follows relies on what was written before. A database that is away for longer than a lease
    // means that somebody else has the attempt.
    private async Task<bool> TryWriteAsync(AttemptReport report)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            try
            {
                await leases.RecordAsync(lease, report, CancellationToken.None);
                return true;
            }
            catch (LeaseLostException)
            {
                return false;
            }
            catch (Exception e)
            {
                LogNotWritten(lease.AttemptId, e.Message);
                if (time.GetElapsedTime(began) >= leases.LeaseTime)
                {
                    return false;
                }
            }

            await Task.Delay(RetryPause, time, CancellationToken.None);
        }
    }

    [LoggerMessage(LogLevel.Warning, "An event of attempt {AttemptId} was not written ({Reason}); it is tried again")]
    private partial void LogNotWritten(Guid attemptId, string reason);
}
