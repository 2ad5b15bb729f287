using System.Data;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Pending;

/// <summary>
/// The right to work on something, held by one holder in all processes on the database: an advisory lock of a connection of its own,
/// which the database takes back when the process dies.
/// </summary>
internal sealed class DatabaseLock : IAsyncDisposable
{
    private readonly TasksDbContext db;
    private readonly string name;

    private DatabaseLock(TasksDbContext db, string name)
    {
        this.db = db;
        this.name = name;
    }

    /// <summary>Takes it; <see langword="null"/> when somebody has it.</summary>
    public static async Task<DatabaseLock?> TryTakeAsync(IDbContextFactory<TasksDbContext> contexts, string name, CancellationToken cancellationToken)
    {
        var context = await contexts.CreateDbContextAsync(cancellationToken);
        var isTaken = false;
        try
        {
            await context.Database.OpenConnectionAsync(cancellationToken);
            isTaken = await context.Database.SqlQuery<bool>($"SELECT pg_try_advisory_lock(hashtextextended({name}, 0)) AS \"Value\"").SingleAsync(cancellationToken);
            return isTaken ? new DatabaseLock(context, name) : null;
        }
        finally
        {
            if (!isTaken)
            {
                await context.DisposeAsync();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await using (db)
        {
            // A connection that broke has given it back already.
            if (db.Database.GetDbConnection().State == ConnectionState.Open)
            {
                await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock(hashtextextended({name}, 0))", CancellationToken.None);
            }
        }
    }
}
