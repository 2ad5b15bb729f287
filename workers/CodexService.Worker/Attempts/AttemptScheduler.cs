using CodexService.Worker.Doorbell;
using CodexService.Worker.Slots;
using Microsoft.Extensions.Options;

namespace CodexService.Worker.Attempts;

/// <summary>
/// Keeps the slots filled: listens to the doorbell while one is free, and looks into the database when a slot comes free
/// and every few seconds, so that a lost message delays an attempt and never loses it.
/// </summary>
internal sealed partial class AttemptScheduler(
    AttemptIntake intake,
    AttemptSlots slots,
    AttemptDoorbell doorbell,
    IOptions<WorkerOptions> options,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<AttemptScheduler> logger) : BackgroundService
{
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await intake.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await HostStartedAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FillAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(e.Message);
            }

            await WaitAsync(stoppingToken);
        }
    }

    // The bus starts with the host, and an endpoint that is connected in that very moment is started twice, which ends the host.
    private async Task HostStartedAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellationToken);
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        if (slots.Free > 0)
        {
            doorbell.Open();
            while (await intake.TryStartNextAsync(cancellationToken))
            {
            }
        }

        if (slots.Free == 0)
        {
            await doorbell.CloseAsync(cancellationToken);
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Value.PollInterval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await slots.Changed.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Time to look by itself.
        }
    }

    [LoggerMessage(LogLevel.Warning, "Looking for attempts failed ({Reason}); the worker tries again")]
    private partial void LogFailed(string reason);
}
