using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Messages;
using CodexService.Tasks.Events;
using CodexService.Tasks.Persistence;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CodexService.Tasks.Outbox;

/// <summary>
/// Hands stored messages to the broker, at least once: a message is deleted only after the broker confirmed it.
/// Any number may run beside each other.
/// </summary>
public sealed partial class OutboxDispatcher(
    IDbContextFactory<TasksDbContext> contexts,
    IBus bus,
    TaskChangeSignal signal,
    TimeProvider time,
    ILogger<OutboxDispatcher> logger) : BackgroundService
{
    private const int BatchSize = 200;
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PublishTimeout = TimeSpan.FromSeconds(15);

    // A message that cannot be read is set aside under this prefix: kept for a person to look at, in nobody's way.
    private const string UnreadablePrefix = "unreadable:";

    private static readonly Dictionary<string, Type> MessageTypes = typeof(RunAttempt).Assembly.GetTypes()
        .Where(type => type.Namespace == typeof(RunAttempt).Namespace)
        .ToDictionary(type => type.FullName!, StringComparer.Ordinal);

    // Types that only a newer version knows stay for that version.
    private static readonly string[] KnownTypes = [.. MessageTypes.Keys];

    /// <summary>Sends one batch and returns how many messages it held; those that the broker refused stay stored.</summary>
    public async Task<int> DispatchAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var batch = await db.Outbox
            .FromSql($"SELECT * FROM outbox WHERE type = ANY({KnownTypes}) ORDER BY id LIMIT {BatchSize} FOR UPDATE SKIP LOCKED")
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        if (batch.Count == 0)
        {
            return 0;
        }

        using var limit = new CancellationTokenSource(PublishTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var problems = await Task.WhenAll(batch.Select(message => PublishAsync(message, either.Token)));
        var confirmed = batch.Where((_, i) => problems[i] is null).Select(message => message.Id).ToArray();
        var unreadable = batch.Where((_, i) => problems[i] is JsonException).Select(message => message.Id).ToArray();
        await db.Database.ExecuteSqlAsync($"DELETE FROM outbox WHERE id = ANY({confirmed})", cancellationToken);
        await db.Database.ExecuteSqlAsync($"UPDATE outbox SET type = {UnreadablePrefix} || type WHERE id = ANY({unreadable})", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        foreach (var id in unreadable)
        {
            LogUnreadable(id);
        }

        if (Array.Find(problems, problem => problem is not (null or JsonException)) is { } refused)
        {
            throw limit.IsCancellationRequested
                ? new TimeoutException($"the broker did not confirm within {PublishTimeout.TotalSeconds:0} s", refused)
                : new InvalidOperationException($"{batch.Count - confirmed.Length - unreadable.Length} of {batch.Count}: {refused.Message}", refused);
        }

        return batch.Count;
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await DispatchAsync(stoppingToken) > 0)
                {
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(e.Message);
            }

            await signal.WaitForOutboxAsync(PollInterval, time, stoppingToken);
        }
    }

    // Each message stands for itself: what the broker confirmed is done, whatever happens to the others.
    private async Task<Exception?> PublishAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        try
        {
            var type = MessageTypes[message.Type];
            var body = JsonSerializer.Deserialize(message.Body, type, JsonConventions.Options) ?? throw new JsonException("The message is empty.");

            // A confirmation that died with its connection may never come; the wait ends all the same, and with it the lock.
            await bus.Publish(body, type, cancellationToken).WaitAsync(cancellationToken);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    [LoggerMessage(LogLevel.Error, "Message {Id} of the outbox cannot be read; it is set aside there with a type that starts with \"unreadable:\"")]
    private partial void LogUnreadable(long id);

    [LoggerMessage(LogLevel.Warning, "Messages could not be handed to the broker ({Reason}); they stay stored and are tried again")]
    private partial void LogFailed(string reason);
}
