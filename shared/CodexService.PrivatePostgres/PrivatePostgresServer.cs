using System.Net;
using System.Net.Sockets;
using CodexService.PrivatePostgres.Cluster;
using CodexService.PrivatePostgres.Discovery;
using CodexService.PrivatePostgres.Running;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CodexService.PrivatePostgres;

/// <summary>
/// A PostgreSQL server that belongs to this process: created on first use, started with it, and gone with it, also when
/// this process is killed. It listens on 127.0.0.1 alone and asks for a random password.
/// </summary>
public sealed partial class PrivatePostgresServer : IAsyncDisposable
{
    private const int PortTries = 5;

    private readonly ServerFolder folder;
    private readonly DataFolder data;
    private readonly ServerProcess process;
    private readonly string password;
    private int disposed;

    private PrivatePostgresServer(ServerFolder folder, DataFolder data, ServerProcess process, int port, string password)
    {
        this.folder = folder;
        this.data = data;
        this.process = process;
        this.password = password;
        Port = port;
        ConnectionString = ConnectionStringTo("postgres");
    }

    /// <summary>Connects as superuser to the database <c>postgres</c>. Holds the password.</summary>
    public string ConnectionString { get; }

    /// <summary>TCP port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Where the data lies; differs from the requested folder when the server's user could not reach that.</summary>
    public string Folder => folder.Root;

    /// <summary>Completes when the server has ended; before <see cref="DisposeAsync"/> this means that it crashed or was stopped from outside.</summary>
    public Task Exited => process.Exited;

    /// <summary>Starts a server on <see cref="PrivatePostgresOptions.DataDirectory"/>, creating the database the first time.</summary>
    /// <exception cref="PrivatePostgresException">It cannot be started; the message is one line for people.</exception>
    public static async Task<PrivatePostgresServer> StartAsync(
        PrivatePostgresOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        var account = ServerAccount.Resolve();
        var opened = await ServerFolder.OpenAsync(options.DataDirectory, account, logger, cancellationToken);
        try
        {
            var binaries = await PostgresBinaries.FindAsync(options.BinDirectory, opened.ExistingMajor(), cancellationToken);
            var prepared = new DataFolder(opened, account, binaries, options.Patience, logger);
            var secret = await prepared.PrepareAsync(options.Durable, cancellationToken);
            for (var tries = 1; ; tries++)
            {
                var port = options.Port ?? FreePort();
                var started = ServerProcess.Start(binaries, opened, account, port, options.Durable, logger);
                if (await ReadyAsync(started, options.Patience, cancellationToken))
                {
                    LogStarted(logger, binaries.Major, port, opened.Root);
                    return new PrivatePostgresServer(opened, prepared, started, port, secret);
                }

                var portTaken = started.LastLines.Any(line => line.Contains("could not bind", StringComparison.Ordinal));
                if (!portTaken || options.Port is not null || tries == PortTries)
                {
                    throw new PrivatePostgresException(portTaken
                        ? $"PostgreSQL cannot listen on 127.0.0.1:{port}: the port is taken."
                        : $"PostgreSQL did not start on {opened.Data}: {Reason(started)}");
                }
            }
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Creates the database <paramref name="name"/> unless it exists, and returns its connection string.</summary>
    /// <exception cref="PostgresException">The server refused.</exception>
    public async Task<string> CreateDatabaseAsync(string name, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = $"CREATE DATABASE \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException problem) when (problem.SqlState == PostgresErrorCodes.DuplicateDatabase)
        {
            // Made by an earlier start.
        }

        return ConnectionStringTo(name);
    }

    /// <summary>Shuts the server down (connections are ended, data is safe) and waits until no process of it is left.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 1)
        {
            return;
        }

        if (!await process.StopAsync())
        {
            // The supervisor is gone without the server.
            await data.StopLeftOverServerAsync(CancellationToken.None);
        }

        folder.Dispose();
    }

    /// <summary>Whether the server came up; when not, nothing of it is left.</summary>
    private static async Task<bool> ReadyAsync(ServerProcess started, TimeSpan patience, CancellationToken cancellationToken)
    {
        var ready = false;
        try
        {
            ready = await started.WaitUntilReadyAsync(patience, cancellationToken);
            return ready;
        }
        finally
        {
            if (!ready)
            {
                await started.StopAsync();
            }
        }
    }

    private string ConnectionStringTo(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Username = DataFolder.Role,
        Password = password,
        Database = database,
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    }.ConnectionString;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Reason(ServerProcess process)
    {
        var line = process.LastLines.LastOrDefault(text => text.Contains("PANIC:", StringComparison.Ordinal))
            ?? process.LastLines.LastOrDefault(text => text.Contains("FATAL:", StringComparison.Ordinal))
            ?? process.LastLines.LastOrDefault()
            ?? "it ended without a word.";
        var level = line.IndexOf("FATAL:", StringComparison.Ordinal);
        return level < 0 ? line : line[(level + "FATAL:".Length)..].Trim() + ".";
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "PostgreSQL {Major} runs on 127.0.0.1:{Port} with its data in {Folder}")]
    private static partial void LogStarted(ILogger logger, int major, int port, string folder);
}
