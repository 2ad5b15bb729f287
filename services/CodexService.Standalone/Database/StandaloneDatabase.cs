using CodexService.Contracts.Local;
using CodexService.PrivatePostgres;
using CodexService.ServiceDefaults.Configuration;
using Npgsql;

namespace CodexService.Standalone.Database;

/// <summary>The database of this process: the one that is configured, or a private server that lives as long as this object.</summary>
internal sealed class StandaloneDatabase : IAsyncDisposable
{
    private const string Name = "codex";
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    private readonly PrivatePostgresServer? server;

    private StandaloneDatabase(string connectionString, PrivatePostgresServer? server)
    {
        ConnectionString = connectionString;
        this.server = server;
    }

    public string ConnectionString { get; }

    /// <summary>Completes when a private server has ended; never for a configured one, which may come back.</summary>
    public Task Exited => server?.Exited ?? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);

    /// <summary>Connects or starts.</summary>
    /// <exception cref="StandaloneException">The database cannot be used.</exception>
    public static async Task<StandaloneDatabase> OpenAsync(
        CodexOptions options, DataFolder folder, IConfiguration configuration, CancellationToken cancellationToken)
    {
        if (options.Database is { } configured)
        {
            await RequireReachableAsync(configured, cancellationToken);
            return new StandaloneDatabase(configured, null);
        }

        // The host's own logging does not exist before the database does.
        using var logs = LoggerFactory.Create(logging => logging
            .AddConfiguration(configuration.GetSection("Logging"))
            .AddSimpleConsole(console => console.SingleLine = true)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        try
        {
            var started = await PrivatePostgresServer.StartAsync(
                new PrivatePostgresOptions { DataDirectory = folder.Postgres },
                logs.CreateLogger("CodexService.PrivatePostgres"),
                cancellationToken);
            return await PrepareAsync(started, cancellationToken);
        }
        catch (PrivatePostgresException problem)
        {
            throw new StandaloneException(problem.Message, problem);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            NpgsqlConnection.ClearAllPools();
            await server.DisposeAsync();
        }
    }

    private static async Task<StandaloneDatabase> PrepareAsync(PrivatePostgresServer server, CancellationToken cancellationToken)
    {
        try
        {
            return new StandaloneDatabase(await server.CreateDatabaseAsync(Name, cancellationToken), server);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Connects once to a configured database.</summary>
    /// <exception cref="StandaloneException">It cannot be used; the message is free of the password.</exception>
    public static async Task RequireReachableAsync(string connectionString, CancellationToken cancellationToken)
    {
        NpgsqlConnectionStringBuilder target;
        try
        {
            target = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Timeout = (int)ConnectLimit.TotalSeconds };
        }
        catch (Exception problem) when (problem is ArgumentException or FormatException or KeyNotFoundException)
        {
            throw new StandaloneException(
                "CODEX_DATABASE is no PostgreSQL connection string; it looks like \"Host=db;Username=codex;Password=…;Database=codex\".", problem);
        }

        try
        {
            await using var connection = new NpgsqlConnection(target.ConnectionString);
            await connection.OpenAsync(cancellationToken);
        }
        catch (Exception problem) when (problem is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException)
        {
            // Never the connection string: it holds the password.
            var reason = (problem as PostgresException)?.MessageText ?? problem.InnerException?.Message ?? problem.Message;
            throw new StandaloneException(
                $"PostgreSQL at {target.Host}:{target.Port} (database {target.Database}, user {target.Username}) cannot be used: {reason.ReplaceLineEndings(" ").TrimEnd('.')}. Start it, or correct CODEX_DATABASE.", problem);
        }
    }
}
