using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CodexService.PrivatePostgres.Tests;

public sealed class PrivatePostgresServerTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task StartAsync_FirstTimeAndAgain_KeepsWhatWasCommitted()
    {
        int postmaster;
        await using (var server = await StartAsync())
        {
            var database = await server.CreateDatabaseAsync("one", CancellationToken.None);
            await ExecuteAsync(database, "create table t (n int); insert into t values (42)");
            Assert.Equal(database, await server.CreateDatabaseAsync("one", CancellationToken.None));
            Assert.Equal("on|UTF8|C|scram-sha-256", await ScalarAsync(
                database,
                "select concat_ws('|', current_setting('fsync'), pg_encoding_to_char(encoding), datcollate, current_setting('password_encryption')) from pg_database where datname = current_database()"));
            postmaster = PostmasterPid();
        }

        Assert.False(IsRunning(postmaster));
        Assert.False(File.Exists(Path.Combine(folder.Server, "data", "postmaster.pid")));
        await using var again = await StartAsync();
        Assert.Equal(42, await ScalarAsync(await again.CreateDatabaseAsync("one", CancellationToken.None), "select n from t"));
    }

    [Fact]
    public async Task StartAsync_WrongOrNoPassword_IsRefused()
    {
        await using var server = await StartAsync();
        foreach (var password in new string?[] { "wrong", null })
        {
            var attempt = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Password = password, Pooling = false };
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => ScalarAsync(attempt.ConnectionString, "select 1"));
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder.Server, "password")));
        Assert.Empty(Directory.GetFiles(Path.Combine(folder.Server, "run"), "*password*"));
    }

    [Fact]
    public async Task StartAsync_FolderInUse_NamesTheHolderInOneLine()
    {
        await using var server = await StartAsync();
        var problem = await Assert.ThrowsAsync<PrivatePostgresException>(() => StartAsync());
        Assert.Contains($"pid {Environment.ProcessId}", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Message);
    }

    [Fact]
    public async Task StartAsync_OwnerKilled_StopsTheServerAndTheNextStartFindsTheData()
    {
        using var owner = StartOwner();
        var connection = await ReadLineAsync(owner);
        await ExecuteAsync(connection, "create table t (n int); insert into t values (7)");
        owner.Kill();
        await owner.WaitForExitAsync();

        // The watcher is stopping the old server at this moment, or has done so: the new owner waits for it.
        await using var server = await StartAsync();
        Assert.Equal(7, await ScalarAsync(server.ConnectionString, "select n from t"));
    }

    [Fact]
    public async Task OwnerKilled_WithNobodyComingAfter_LeavesNoProcess()
    {
        using var owner = StartOwner();
        _ = await ReadLineAsync(owner);
        var data = Path.Combine(folder.Server, "data");
        using var gone = new SemaphoreSlim(0);
        using var watcher = new FileSystemWatcher(data, "postmaster.pid");
        watcher.Deleted += (_, _) => gone.Release();
        watcher.EnableRaisingEvents = true;
        var postmaster = PostmasterPid();
        owner.Kill();
        Assert.True(await gone.WaitAsync(Limit));
        await WaitForEndAsync(postmaster);
    }

    [Fact]
    public async Task StartAsync_OwnerAndWatcherKilled_StopsTheLeftOverServer()
    {
        using var owner = StartOwner();
        await ExecuteAsync(await ReadLineAsync(owner), "create table t (n int); insert into t values (8)");
        var postmaster = PostmasterPid();
        using (var supervisor = Process.GetProcessById(ParentOf(postmaster)))
        {
            Kill(ChildrenOf(supervisor.Id).Where(pid => pid != postmaster).Append(supervisor.Id));
        }

        owner.Kill();
        await owner.WaitForExitAsync();
        Assert.True(IsRunning(postmaster));

        await using var server = await StartAsync();
        Assert.Equal(8, await ScalarAsync(server.ConnectionString, "select n from t"));
        await WaitForEndAsync(postmaster);
    }

    [Fact]
    public async Task DisposeAsync_SupervisorKilled_StopsTheServerAllTheSame()
    {
        var server = await StartAsync();
        var postmaster = PostmasterPid();
        var supervisor = ParentOf(postmaster);
        Kill(ChildrenOf(supervisor).Where(pid => pid != postmaster).Append(supervisor));
        await server.DisposeAsync();
        await WaitForEndAsync(postmaster);
    }

    [Fact]
    public async Task StartAsync_PidFileOfAnotherProgram_IsRemoved()
    {
        await (await StartAsync()).DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(folder.Server, "data", "postmaster.pid"), $"{Environment.ProcessId}\n");
        await using var server = await StartAsync();
        Assert.Equal(1, await ScalarAsync(server.ConnectionString, "select 1"));
    }

    [Fact]
    public async Task StartAsync_InterruptedCreation_StartsOver()
    {
        var unfinished = Path.Combine(folder.Server, "data.unfinished");
        Directory.CreateDirectory(unfinished);
        await File.WriteAllTextAsync(Path.Combine(unfinished, "PG_VERSION"), "15");
        await using var server = await StartAsync();
        Assert.False(Directory.Exists(unfinished));
    }

    [Fact]
    public async Task StartAsync_DataOfAnotherMajorVersion_SaysBothVersions()
    {
        await (await StartAsync()).DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(folder.Server, "data", "PG_VERSION"), "11\n");
        var problem = await Assert.ThrowsAsync<PrivatePostgresException>(() => StartAsync());
        Assert.Contains("made by PostgreSQL 11", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Message);
    }

    [Fact]
    public async Task StartAsync_PortTaken_SaysSo()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var problem = await Assert.ThrowsAsync<PrivatePostgresException>(() => StartAsync(port));
        Assert.Equal($"PostgreSQL cannot listen on 127.0.0.1:{port}: the port is taken.", problem.Message);
    }

    [Fact]
    public async Task StartAsync_NoProgramsInTheFolder_SaysWhere()
    {
        var options = new PrivatePostgresOptions { DataDirectory = folder.Server, BinDirectory = "/usr/share" };
        var problem = await Assert.ThrowsAsync<PrivatePostgresException>(
            () => PrivatePostgresServer.StartAsync(options, NullLogger.Instance, CancellationToken.None));
        Assert.Equal("There are no PostgreSQL server programs (initdb, pg_ctl, postgres) in /usr/share.", problem.Message);
    }

    [Fact]
    public async Task StartAsync_FolderIsAFile_SaysWhatToDo()
    {
        await File.WriteAllTextAsync(folder.Server, "occupied");
        var problem = await Assert.ThrowsAsync<PrivatePostgresException>(() => StartAsync());
        Assert.Contains(folder.Server, problem.Message, StringComparison.Ordinal);
        Assert.Contains("CODEX_DATA", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_FolderBeyondReachOfTheServersUser_StillStarts()
    {
        File.SetUnixFileMode(folder.Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string actual;
        await using (var server = await StartAsync())
        {
            actual = server.Folder;
            Assert.Equal(1, await ScalarAsync(server.ConnectionString, "select 1"));
        }

        Assert.Equal(Environment.IsPrivilegedProcess, actual != folder.Server);
        if (actual != folder.Server)
        {
            Directory.Delete(actual, recursive: true);
        }
    }

    private Task<PrivatePostgresServer> StartAsync(int? port = null) => PrivatePostgresServer.StartAsync(
        new PrivatePostgresOptions { DataDirectory = folder.Server, Port = port, Patience = Limit }, NullLogger.Instance, CancellationToken.None);

    private Process StartOwner()
    {
        var program = typeof(PrivatePostgresServerTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "OwnerProgram").Value!;
        return Process.Start(new ProcessStartInfo("dotnet", [program, folder.Server])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    private static async Task<string> ReadLineAsync(Process process) =>
        await process.StandardOutput.ReadLineAsync().WaitAsync(Limit) ?? throw new InvalidOperationException("The owner ended early.");

    private int PostmasterPid() => int.Parse(File.ReadLines(Path.Combine(folder.Server, "data", "postmaster.pid")).First());

    private static int ParentOf(int pid) => int.Parse(File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].Split(' ')[1]);

    private static List<int> ChildrenOf(int pid) =>
        [.. File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];

    private static void Kill(IEnumerable<int> pids)
    {
        foreach (var pid in pids.ToList())
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
        }
    }

    private static bool IsRunning(int pid)
    {
        try
        {
            return !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    // A server that nobody waits for counts as stopped when its pid file is gone, a moment before its process is.
    private static async Task WaitForEndAsync(int pid)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        while (IsRunning(pid))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
    }

    private static async Task ExecuteAsync(string connectionString, string sql) => await ScalarAsync(connectionString, sql);

    private static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        await using var connection = new NpgsqlConnection(builder.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
