using CodexService.Tasks.Workers;

namespace CodexService.Worker.Brains;

/// <summary>
/// Tells the others what this worker can do: once before anything is served, so that a host with an API of its own never takes a task that
/// it cannot work on, and again and again, as a worker that falls silent counts as gone. With its first word it takes the place of workers
/// whose processes ended on this machine, so that a model that was taken out of the settings is not counted on after the restart.
/// </summary>
internal sealed partial class AbilityAnnouncer(
    KnownWorkers workers, WorkerIdentity identity, WorkerAbilities abilities, TimeProvider time, ILogger<AbilityAnnouncer> logger) : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(3);

    private bool hasTakenPlaces;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TellAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Says that this worker ends: first of all, as what runs may need all the time that the host has for its end.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await StopAsync(cancellationToken);
        using var limit = new CancellationTokenSource(LongestGoodbye, time);
        try
        {
            await workers.LeaveAsync(identity.Name, limit.Token);
        }
        catch (Exception e)
        {
            // It is taken for gone by its silence.
            LogGoodbyeFailed(e.Message);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

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
            await TakePlacesAsync(cancellationToken);
            await workers.TellAsync(identity.Name, abilities, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(e.Message);
        }
    }

    private async Task TakePlacesAsync(CancellationToken cancellationToken)
    {
        if (hasTakenPlaces)
        {
            return;
        }

        foreach (var name in (await workers.NamesAsync(cancellationToken)).Where(WorkerIdentity.IsOver))
        {
            await workers.ForgetAsync(name, cancellationToken);
        }

        hasTakenPlaces = true;
    }

    [LoggerMessage(LogLevel.Warning, "What this worker can do could not be told ({Reason}); it is told again in a moment")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Warning, "That this worker ends could not be told ({Reason}); it is taken for gone after a minute")]
    private partial void LogGoodbyeFailed(string reason);
}
