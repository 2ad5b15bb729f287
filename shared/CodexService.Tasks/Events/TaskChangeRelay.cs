using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CodexService.Tasks.Events;

/// <summary>
/// Carries change signals between processes with PostgreSQL's LISTEN and NOTIFY. It notifies after the commit, on its
/// own connection and many ids at once: a NOTIFY inside each transaction would serialise all commits.
/// </summary>
public sealed partial class TaskChangeRelay(
    NpgsqlDataSource dataSource,
    TaskChangeSignal signal,
    TimeProvider time,
    ILogger<TaskChangeRelay> logger) : BackgroundService
{
    private const string ChannelName = "codex_task_changed";

    // A payload holds at most 8000 bytes; an id takes 33.
    private const int IdsPerNotify = 200;

    private readonly HashSet<Guid> batch = [];
    private readonly string self = Guid.NewGuid().ToString("N")[..8];

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken) =>
        await Task.WhenAll(Forever(ListenAsync, stoppingToken), Forever(SendAsync, stoppingToken));

    private async Task Forever(Func<CancellationToken, Task> work, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await work(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogInterrupted(e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), time, stoppingToken);
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        connection.Notification += (_, notification) => Receive(notification.Payload);
        await using (var listen = new NpgsqlCommand($"LISTEN {ChannelName}", connection))
        {
            await listen.ExecuteNonQueryAsync(cancellationToken);
        }

        while (true)
        {
            await connection.WaitAsync(cancellationToken);
        }
    }

    private void Receive(string payload)
    {
        var parts = payload.Split(' ');
        if (parts[0] == self)
        {
            return;
        }

        foreach (var part in parts.Skip(1))
        {
            if (Guid.TryParse(part, out var taskId))
            {
                signal.Wake(taskId);
            }
        }

        signal.WakeOutbox();
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        // What could not be sent is still in the batch when the connection is back.
        while (batch.Count > 0 || await signal.Outgoing.WaitToReadAsync(cancellationToken))
        {
            while (batch.Count < IdsPerNotify && signal.Outgoing.TryRead(out var id))
            {
                batch.Add(id);
            }

            await using var command = dataSource.CreateCommand("SELECT pg_notify($1, $2)");
            command.Parameters.AddWithValue(ChannelName);
            command.Parameters.AddWithValue($"{self} {string.Join(' ', batch.Select(id => id.ToString("N")))}");
            await command.ExecuteNonQueryAsync(cancellationToken);
            batch.Clear();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Change notifications are interrupted ({Reason}); views fall back to polling and the relay reconnects")]
    private partial void LogInterrupted(string reason);
}
