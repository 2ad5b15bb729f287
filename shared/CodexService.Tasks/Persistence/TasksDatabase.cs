using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CodexService.Tasks.Persistence;

/// <summary>Brings the database to the schema that this version needs.</summary>
public static class TasksDatabase
{
    /// <summary>Applies outstanding migrations; several hosts may do so at once.</summary>
    /// <exception cref="DatabaseUnreachableException">The server does not answer or refuses the credentials.</exception>
    public static async Task MigrateAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<TasksDbContext>>().CreateDbContextAsync(cancellationToken);
        try
        {
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
