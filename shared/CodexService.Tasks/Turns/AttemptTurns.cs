using CodexService.Tasks.Attempts;
using CodexService.Tasks.Leases;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.Turns;

/// <summary>
/// The durable journal of turns. Every write is fenced by the lease's epoch, so that a worker which lost its attempt
/// cannot write into the history of the one that goes on. Thread-safe.
/// </summary>
public sealed partial class AttemptTurns(IDbContextFactory<TasksDbContext> contexts)
{
    /// <summary>The turns of an attempt, of earlier claims too, in their order.</summary>
    public async Task<IReadOnlyList<AttemptTurn>> ReadAsync(Guid attemptId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.AttemptTurns.AsNoTracking().Where(t => t.AttemptId == attemptId).OrderBy(t => t.Number).ToListAsync(cancellationToken);
    }

    /// <summary>Stores a turn; one of the same number is replaced. It is durable when this returns.</summary>
    /// <exception cref="LeaseLostException">The attempt belongs to somebody else by now.</exception>
    public Task WriteAsync(AttemptLease lease, int number, string record, CancellationToken cancellationToken) =>
        WriteAsync(lease, number, record, used: null, cancellationToken);

    /// <summary>
    /// Stores a turn and, in the same step, what its answer used: what a model has answered counts against the user's budget,
    /// whatever becomes of the turn. Writing the turn again counts nothing twice.
    /// </summary>
    /// <exception cref="LeaseLostException">The attempt belongs to somebody else by now.</exception>
    public async Task WriteAsync(AttemptLease lease, int number, string record, TokenUsage? used, CancellationToken cancellationToken)
    {
        var (source, tokens, cost) = ($"turn:{number}", used is null ? 0 : used.InputTokens + used.OutputTokens, used?.Cost ?? 0);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var written = await db.Database.ExecuteSqlAsync(
            $"""
            WITH held AS (
                SELECT id, requested_by FROM attempts
                WHERE id = {lease.AttemptId} AND epoch = {lease.Epoch} AND state = 'Running'
                FOR SHARE
            ), counted AS (
                INSERT INTO usage_entries (attempt_id, source, user_name, turns, tokens, cost, seconds)
                SELECT id, {source}, requested_by, 1, {tokens}, {cost}, 0 FROM held WHERE {used is not null}
                ON CONFLICT DO NOTHING
            )
            INSERT INTO attempt_turns (attempt_id, number, record)
            SELECT id, {number}, {record} FROM held
            ON CONFLICT (attempt_id, number) DO UPDATE SET record = excluded.record
            """,
            cancellationToken);
        if (written == 0)
        {
            throw new LeaseLostException(lease);
        }
    }

    /// <summary>Counts what a model call used that ended without an answer.</summary>
    /// <exception cref="LeaseLostException">The attempt belongs to somebody else by now.</exception>
    public async Task CountUnansweredAsync(AttemptLease lease, int number, TokenUsage used, CancellationToken cancellationToken)
    {
        var (source, tokens) = ($"unanswered:{number}:{lease.Epoch}", used.InputTokens + used.OutputTokens);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var written = await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO usage_entries (attempt_id, source, user_name, turns, tokens, cost, seconds)
            SELECT id, {source}, requested_by, 0, {tokens}, {used.Cost}, 0 FROM attempts
            WHERE id = {lease.AttemptId} AND epoch = {lease.Epoch} AND state = 'Running'
            """,
            cancellationToken);
        if (written == 0)
        {
            throw new LeaseLostException(lease);
        }
    }
}
