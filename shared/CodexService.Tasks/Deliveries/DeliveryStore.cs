using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.Contracts.Messages;
using CodexService.Tasks.Events;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.Deliveries;

/// <summary>Deliveries of GitHub's webhooks in PostgreSQL: stored once, handled by one at a time, each trigger done once. Thread-safe.</summary>
public sealed partial class DeliveryStore(IDbContextFactory<TasksDbContext> contexts, TaskChangeSignal changes)
{
    /// <summary>How long one handling may take before somebody else may begin it again.</summary>
    public static readonly TimeSpan HandlingTime = TimeSpan.FromMinutes(5);

    /// <summary>Stores a delivery and rings for it; <see langword="false"/> when it was stored before.</summary>
    public async Task<bool> AddAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var message = new HandleDelivery(delivery.Id);
        var type = message.GetType().FullName!;
        var body = JsonSerializer.Serialize(message, JsonConventions.Options);

        // One statement: the message is there when, and only when, the delivery is new.
        var stored = await db.Database.ExecuteSqlAsync(
            $"""
            WITH stored AS (
                INSERT INTO deliveries (id, event, action, repository, number, sender, body, state, tries)
                VALUES ({delivery.Id}, {delivery.Event}, {delivery.Action}, {delivery.Repository}, {delivery.Number}, {delivery.Sender}, {delivery.Body}, 'Received', 0)
                ON CONFLICT (id) DO NOTHING RETURNING id)
            INSERT INTO outbox (type, body) SELECT {type}, {body}::jsonb FROM stored
            """,
            cancellationToken) > 0;
        if (stored)
        {
            changes.WakeOutbox();
        }

        return stored;
    }

    /// <summary>Which of these never came.</summary>
    public async Task<IReadOnlySet<string>> MissingAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return ids.Except(await db.Deliveries.Where(d => ids.Contains(d.Id)).Select(d => d.Id).ToListAsync(cancellationToken), StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Takes a delivery for handling; <see langword="null"/> when it is handled, held by somebody, or not there.</summary>
    public async Task<Delivery?> ClaimAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return (await db.Deliveries.FromSql(
            $"""
            UPDATE deliveries SET tries = tries + 1, held_until = clock_timestamp() + {HandlingTime}
            WHERE id = {id} AND state = 'Received' AND (held_until IS NULL OR held_until <= clock_timestamp())
            RETURNING *
            """).AsNoTracking().ToListAsync(cancellationToken)).SingleOrDefault();
    }

    /// <summary>Ids of deliveries that wait, oldest first.</summary>
    public async Task<IReadOnlyList<string>> WaitingAsync(int atMost, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Database.SqlQuery<string>(
            $"""
            SELECT id AS "Value" FROM deliveries
            WHERE state = 'Received' AND (held_until IS NULL OR held_until <= clock_timestamp())
            ORDER BY received_at LIMIT {atMost}
            """).ToListAsync(cancellationToken);
    }

    /// <summary>Stores what came of a delivery.</summary>
    public async Task EndAsync(string id, DeliveryState state, string decision, Guid? taskId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var (name, line) = (state.ToString(), StorableText.Line(decision));
        await db.Database.ExecuteSqlAsync(
            $"UPDATE deliveries SET state = {name}, decision = {line}, task_id = {taskId}, held_until = NULL, handled_at = clock_timestamp() WHERE id = {id}",
            cancellationToken);
    }

    /// <summary>Gives a delivery back for a later try.</summary>
    public async Task PostponeAsync(string id, string reason, TimeSpan delay, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var line = StorableText.Line(reason);
        await db.Database.ExecuteSqlAsync($"UPDATE deliveries SET decision = {line}, held_until = clock_timestamp() + {delay} WHERE id = {id} AND state = 'Received'", cancellationToken);
    }

    /// <summary>Gives a delivery back that has to wait for its turn; that is no try.</summary>
    public async Task YieldAsync(string id, string reason, TimeSpan delay, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var line = StorableText.Line(reason);
        await db.Database.ExecuteSqlAsync(
            $"UPDATE deliveries SET decision = {line}, tries = greatest(tries - 1, 0), held_until = clock_timestamp() + {delay} WHERE id = {id} AND state = 'Received'", cancellationToken);
    }

    /// <summary>Claims a trigger for a delivery. <see langword="false"/> when another delivery has it: it is done already, or being done.</summary>
    public async Task<bool> TakeTriggerAsync(long repositoryId, string key, string deliveryId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO handled_triggers (repository_id, key, delivery_id) VALUES ({repositoryId}, {key}, {deliveryId})
            ON CONFLICT (repository_id, key) DO UPDATE SET delivery_id = excluded.delivery_id WHERE handled_triggers.delivery_id = excluded.delivery_id
            """,
            cancellationToken) > 0;
    }

    /// <summary>Frees what a delivery claimed and did not do, so that a later one may.</summary>
    public async Task ReturnTriggersAsync(string deliveryId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync($"DELETE FROM handled_triggers WHERE delivery_id = {deliveryId}", cancellationToken);
    }

    /// <summary>Lets a delivery be handled again; <see langword="false"/> when there is none with that id that was handled.</summary>
    public async Task<bool> RedeliverAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var message = new HandleDelivery(id);
        var type = message.GetType().FullName!;
        var body = JsonSerializer.Serialize(message, JsonConventions.Options);
        var found = await db.Database.ExecuteSqlAsync(
            $"""
            WITH again AS (
                UPDATE deliveries SET state = 'Received', decision = NULL, task_id = NULL, tries = 0, held_until = NULL, handled_at = NULL
                WHERE id = {id} AND state <> 'Received' RETURNING id)
            INSERT INTO outbox (type, body) SELECT {type}, {body}::jsonb FROM again
            """,
            cancellationToken) > 0;
        if (found)
        {
            changes.WakeOutbox();
        }

        return found;
    }

    /// <summary>Drops handled deliveries that are older than they are kept.</summary>
    public async Task<int> PruneAsync(TimeSpan keptFor, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Database.ExecuteSqlAsync($"DELETE FROM deliveries WHERE state <> 'Received' AND received_at < clock_timestamp() - {keptFor}", cancellationToken);
    }
}
