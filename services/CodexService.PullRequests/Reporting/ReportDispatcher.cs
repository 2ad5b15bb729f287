using CodexService.ServiceDefaults;
using CodexService.Tasks.Events;

namespace CodexService.PullRequests.Reporting;

/// <summary>
/// Reports tasks as they change: at once, then at most every 3 s for each, as GitHub's limit on writing is shared. Every 15 s it looks for what
/// is left, so that a lost signal delays and never loses.
/// </summary>
internal sealed partial class ReportDispatcher(TaskReporter reporter, TaskChangeSignal signal, TimeProvider time, ILogger<ReportDispatcher> logger) : BackgroundService
{
    private const int AtOnce = 4;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim places = new(AtOnce);
    private readonly Lock gate = new();

    // Tasks that are being reported or rest until their next turn, and whether there is one.
    private readonly Dictionary<Guid, bool> busy = [];

    public override void Dispose()
    {
        places.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        ListenAsync(stoppingToken), PeriodicWork.RunAsync(LookInterval, time, LookAsync, e => LogFailed(e.Message), stoppingToken));

    private async Task ListenAsync(CancellationToken stoppingToken)
    {
        using var changes = signal.Subscribe();
        await foreach (var taskId in changes.Changed.ReadAllAsync(stoppingToken))
        {
            Ring(taskId, stoppingToken);
        }
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        foreach (var taskId in await reporter.FindDueAsync(stoppingToken))
        {
            Ring(taskId, stoppingToken);
        }
    }

    private void Ring(Guid taskId, CancellationToken stoppingToken)
    {
        lock (gate)
        {
            if (!busy.TryAdd(taskId, false))
            {
                busy[taskId] = true;
                return;
            }
        }

        _ = RunAsync(taskId, stoppingToken);
    }

    private async Task RunAsync(Guid taskId, CancellationToken stoppingToken)
    {
        try
        {
            do
            {
                await ReportAsync(taskId, stoppingToken);
                await Task.Delay(Pace, time, stoppingToken);
            }
            while (IsRungAgain(taskId));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops; the next start looks for what is left.
        }
    }

    private bool IsRungAgain(Guid taskId)
    {
        lock (gate)
        {
            if (busy[taskId])
            {
                busy[taskId] = false;
                return true;
            }

            busy.Remove(taskId);
            return false;
        }
    }

    private async Task ReportAsync(Guid taskId, CancellationToken stoppingToken)
    {
        await places.WaitAsync(stoppingToken);
        try
        {
            await reporter.ReportAsync(taskId, stoppingToken);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(e.Message);
        }
        finally
        {
            places.Release();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Looking for tasks to report to GitHub failed ({Reason}); the service looks again in 15 s")]
    private partial void LogFailed(string reason);
}
