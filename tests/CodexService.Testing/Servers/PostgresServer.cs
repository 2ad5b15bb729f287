using CodexService.PrivatePostgres;
using CodexService.Tasks;
using CodexService.Tasks.Persistence;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CodexService.Testing;

/// <summary>The PostgreSQL server of one test process. Databases are copies of one that was migrated once.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string Template = "codex_template";
    private readonly PrivatePostgresServer server;
    private readonly string superuser;
    private int databases;

    private PostgresServer(PrivatePostgresServer server)
    {
        this.server = server;
        superuser = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Timeout = 120, CommandTimeout = 300 }.ConnectionString;
    }

    public static async Task<PostgresServer> StartAsync(string folder)
    {
        var options = new PrivatePostgresOptions { DataDirectory = Path.Combine(folder, "postgres"), Durable = false, Patience = TimeSpan.FromMinutes(3) };
        var started = await PrivatePostgresServer.StartAsync(options, NullLogger.Instance, CancellationToken.None);
        try
        {
            var connection = await started.CreateDatabaseAsync(Template, CancellationToken.None);
            await using var services = new ServiceCollection()
                .AddTasks(new NpgsqlConnectionStringBuilder(connection) { Pooling = false, Timeout = 120, CommandTimeout = 300 }.ConnectionString)
                .BuildServiceProvider();
            await TasksDatabase.MigrateAsync(services, CancellationToken.None);
            return new PostgresServer(started);
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>A new database, with the service's schema or empty; its connection string.</summary>
    public async Task<string> CreateDatabaseAsync(bool migrated)
    {
        var name = $"test_{Interlocked.Increment(ref databases)}";
        await WhenUnusedAsync($"CREATE DATABASE {name} TEMPLATE {(migrated ? Template : "template0")}");

        // Two test classes run at a time, and the server takes 200 connections.
        return new NpgsqlConnectionStringBuilder(superuser) { Database = name, MaxPoolSize = 40, IncludeErrorDetail = true }.ConnectionString;
    }

    public Task DropDatabaseAsync(string connectionString) =>
        WhenUnusedAsync($"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)");

    public Task ExecuteAsync(string sql) => Sql.ExecuteAsync(superuser, sql);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    // The server waits 5 s for others to leave the database; on a busy machine its own processes may need longer to end.
    private async Task WhenUnusedAsync(string sql)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await ExecuteAsync(sql);
                return;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ObjectInUse && tries < 20)
            {
                // Somebody was still there.
            }
        }
    }
}
