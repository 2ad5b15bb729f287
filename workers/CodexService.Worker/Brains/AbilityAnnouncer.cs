using CodexService.Tasks.Workers;

namespace CodexService.Worker.Brains;

/// <summary>
/// Tells the others what this worker can do: once before anything is served, so that a host with an API of its own never takes a task that
/// it cannot work on, and again and again, as a worker that falls silent counts as gone.
/// </summary>
internal sealed partial class AbilityAnnouncer(
    KnownWorkers workers, WorkerIdentity identity, WorkerAbilities abilities, TimeProvider time, ILogger<AbilityAnnouncer> logger) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TellAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await workers.ForgetAsync(identity.Name, cancellationToken);
        }
        catch (Exception e)
        {
            // It is forgotten by its silence.
            LogFailed(e.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(KnownWorkers.Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await TellAsync(stoppingToken);
        }
    }

    private async Task TellAsync(CancellationToken cancellationToken)
    {
        try
        {
            await workers.TellAsync(identity.Name, abilities, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(e.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "What this worker can do could not be told ({Reason}); it is told again in a moment")]
    private partial void LogFailed(string reason);
}
