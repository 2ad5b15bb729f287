using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Reporting;

/// <summary>
/// The right to report one task, held by one process at a time: an advisory lock of the context's own connection, which the database
/// takes back when the process dies.
/// </summary>
internal sealed class ReportTurn : IAsyncDisposable
{
    // Tells this lock from others on the same id.
    private const long Salt = 0x6769746875627265;

    private readonly TasksDbContext db;
    private readonly long key;

    private ReportTurn(TasksDbContext db, long key)
    {
        this.db = db;
        this.key = key;
    }

    /// <summary>The turn; <see langword="null"/> when another one has it.</summary>
    public static async Task<ReportTurn?> TryTakeAsync(TasksDbContext db, Guid taskId, CancellationToken cancellationToken)
    {
        var bytes = taskId.ToByteArray();
        var name = BitConverter.ToInt64(bytes, 0) ^ BitConverter.ToInt64(bytes, 8) ^ Salt;
        await db.Database.OpenConnectionAsync(cancellationToken);
        return await db.Database.SqlQuery<bool>($"SELECT pg_try_advisory_lock({name}) AS \"Value\"").SingleAsync(cancellationToken) ? new ReportTurn(db, name) : null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // A connection that broke has given it back already.
        if (db.Database.GetDbConnection().State == System.Data.ConnectionState.Open)
        {
            await db.Database.SqlQuery<bool>($"SELECT pg_advisory_unlock({key}) AS \"Value\"").SingleAsync(CancellationToken.None);
        }
    }
}
