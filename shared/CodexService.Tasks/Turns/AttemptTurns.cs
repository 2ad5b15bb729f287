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
    public async Task WriteAsync(AttemptLease lease, int number, string record, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var written = await db.Database.ExecuteSqlAsync(
            $"""
            WITH held AS (
                SELECT id FROM attempts
                WHERE id = {lease.AttemptId} AND epoch = {lease.Epoch} AND state = 'Running'
                FOR SHARE
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
}
