using System.Net;
using System.Net.Sockets;
using CodexService.Integration.Tests.Stack;
using CodexService.Testing;

namespace CodexService.Integration.Tests.Standalone;

/// <summary>What keeps a Standalone from starting is told in one line, with exit code 1.</summary>
public sealed class StartTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Start_SecondOnTheSameData_NamesTheFirst()
    {
        await using var first = await StandaloneStack.StartAsync(await postgres.CreateDatabaseAsync());
        var second = first.Folder.Start("Standalone", StandaloneStack.Settings(first.Folder, await postgres.CreateDatabaseAsync()));
        Assert.Equal(1, await second.ExitCodeAsync());
        var line = Assert.Single(second.Output);
        Assert.StartsWith($"codex-service: A service is already up at {first.Url} (pid {first.Process.Id})", line, StringComparison.Ordinal);
        using var response = await first.Api.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Start_PortTaken_NamesThePortAndTheSetting()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var line = await RefusedAsync(await postgres.CreateDatabaseAsync(), ("CODEX_PORT", $"{port}"));
        Assert.Equal($"codex-service: Port {port} on 127.0.0.1 is taken by another program: set CODEX_PORT to a free port, or stop what listens there.", line);
    }

    [Fact]
    public async Task Start_PostgresUnreachable_NamesItWithoutThePassword()
    {
        using var closed = new RefusingPort();
        var port = closed.Number;
        var line = await RefusedAsync($"Host=127.0.0.1;Port={port};Username=codex;Password=secret-word;Database=codex");
        Assert.StartsWith($"codex-service: PostgreSQL at 127.0.0.1:{port} (database codex, user codex) cannot be used:", line, StringComparison.Ordinal);
        Assert.Contains("CODEX_DATABASE", line, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-word", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_LeasesThatCannotWork_NamesBothSettings()
    {
        var line = await RefusedAsync(await postgres.CreateDatabaseAsync(), ("Leases__Duration", "00:00:20"));
        Assert.Equal("codex-service: Leases:Duration has to be at least three times Leases:HeartbeatInterval.", line);
    }

    private static async Task<string> RefusedAsync(string database, params (string Key, string Value)[] settings)
    {
        await using var folder = new StackFolder();
        var process = folder.Start("Standalone", StandaloneStack.Settings(folder, database, settings));
        Assert.Equal(1, await process.ExitCodeAsync());
        return Assert.Single(process.Output);
    }
}
