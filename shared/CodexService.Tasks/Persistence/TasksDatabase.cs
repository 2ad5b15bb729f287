using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CodexService.Tasks.Persistence;

/// <summary>Brings the database to the schema that this version needs.</summary>
public static class TasksDatabase
{
    // Any constant that nothing else in the database uses.
    private const long MigrationLock = 0x636F646578;

    /// <summary>Applies outstanding migrations; several hosts may do so at once.</summary>
    /// <exception cref="DatabaseUnreachableException">The server does not answer or refuses the credentials.</exception>
    public static async Task MigrateAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<TasksDbContext>>().CreateDbContextAsync(cancellationToken);
        try
        {
            // EF's own lock is a table lock that ends with each migration; between two of them another host would start over.
            await using var connection = await services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var wait = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({MigrationLock})", connection, transaction) { CommandTimeout = 0 };
            await wait.ExecuteNonQueryAsync(cancellationToken);
            await db.Database.MigrateAsync(cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException { InnerException: NpgsqlException })
        {
            throw new DatabaseUnreachableException(services.GetRequiredService<NpgsqlDataSource>().ConnectionString, e);
        }
    }
}

/// <summary>PostgreSQL cannot be used. The message is one line for people and holds no password.</summary>
[CodexService.ServiceDefaults.MessageForPeople]
public sealed class DatabaseUnreachableException : Exception
{
    /// <summary>Creates the exception.</summary>
    public DatabaseUnreachableException(string connectionString, Exception innerException)
        : base(Describe(connectionString, innerException), innerException)
    {
    }

    private static string Describe(string connectionString, Exception cause)
    {
        var target = new NpgsqlConnectionStringBuilder(connectionString);
        var why = (cause.InnerException is NpgsqlException or System.Net.Sockets.SocketException ? cause.InnerException : cause).Message.ReplaceLineEndings(" ").TrimEnd('.');
        return $"PostgreSQL at {target.Host}:{target.Port} (database {target.Database}, user {target.Username}) cannot be used: {why}. Start it, or correct CODEX_DATABASE.";
    }
}
