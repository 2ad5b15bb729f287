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
    private int databases;

    private PostgresServer(PrivatePostgresServer server) => this.server = server;

    public static async Task<PostgresServer> StartAsync(string folder)
    {
        var options = new PrivatePostgresOptions { DataDirectory = Path.Combine(folder, "postgres"), Durable = false, Patience = TimeSpan.FromMinutes(3) };
        var started = await PrivatePostgresServer.StartAsync(options, NullLogger.Instance, CancellationToken.None);
        try
        {
            var connection = await started.CreateDatabaseAsync(Template, CancellationToken.None);
            await using var services = new ServiceCollection()
                .AddTasks(new NpgsqlConnectionStringBuilder(connection) { Pooling = false }.ConnectionString)
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
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {(migrated ? Template : "template0")}");

        // Two test classes run at a time, and the server takes 200 connections.
        return new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name, MaxPoolSize = 40, Timeout = 120, CommandTimeout = 300, IncludeErrorDetail = true }.ConnectionString;
    }

    public Task DropDatabaseAsync(string connectionString) =>
        ExecuteAsync($"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)");

    public Task ExecuteAsync(string sql) => Sql.ExecuteAsync(server.ConnectionString, sql);

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
