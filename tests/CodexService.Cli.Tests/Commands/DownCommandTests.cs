using System.Diagnostics;
using System.Text.Json;
using CodexService.Cli.Terminal;
using CodexService.Contracts;
using CodexService.Contracts.Local;

namespace CodexService.Cli.Tests.Commands;

/// <summary>What <c>codex down</c> stops and says, with shells in the service's place.</summary>
public sealed class DownCommandTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly CliRun cli = new();
    private readonly List<Process> started = [];

    private DataFolder Data => cli.Surroundings.Data;

    public Task InitializeAsync()
    {
        Directory.CreateDirectory(Data.Root);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        foreach (var process in started)
        {
            process.Kill();
            await process.WaitForExitAsync().WaitAsync(Limit);
            process.Dispose();
        }

        await cli.DisposeAsync();
    }

    [Fact]
    public async Task Down_NoneIsUp_SaysSo()
    {
        await File.WriteAllTextAsync(Data.LockFile, string.Empty);
        await AnnounceAsync(new RunningService("http://127.0.0.1:9", Environment.ProcessId, DateTimeOffset.UnixEpoch) { ProcessStart = ProcessStart.Of(Environment.ProcessId) });
        Assert.Equal(0, await cli.RunAsync("down"));
        Assert.Equal($"No service is up on {Data.Root}.\n", cli.Out.ToString());
    }

    [Fact]
    public async Task Down_ServiceIsUp_StopsIt()
    {
        var service = await StartAsync("trap 'exit 0' TERM", holdsTheFolder: true);
        await AnnounceAsync(Of(service));

        Assert.Equal(0, await cli.RunAsync("down"));
        Assert.Equal("The service at http://127.0.0.1:9 is stopped.\n", cli.Out.ToString());
        await service.WaitForExitAsync().WaitAsync(Limit);
        Assert.Equal(0, service.ExitCode);
    }

    [Fact]
    public async Task Down_ServiceStarts_WaitsUntilItIsUpAndStopsIt()
    {
        var service = await StartAsync("trap 'exit 0' TERM", holdsTheFolder: true);
        var (down, waits) = Down();
        await waits;
        await AnnounceAsync(Of(service));

        Assert.Equal(0, await down.WaitAsync(Limit));
        Assert.Equal("The service at http://127.0.0.1:9 is stopped.\n", cli.Out.ToString());
        await service.WaitForExitAsync().WaitAsync(Limit);
    }

    [Fact]
    public async Task Down_ServiceStopsAlready_WaitsForItsEnd()
    {
        var held = HoldTheFolder();
        var (down, waits) = Down();
        await waits;
        Assert.Equal(string.Empty, cli.Out.ToString());
        await held.DisposeAsync();

        Assert.Equal(0, await down.WaitAsync(Limit));
        Assert.Equal($"The service on {Data.Root} is stopped.\n", cli.Out.ToString());
        Assert.Equal($"A service is starting or stopping on {Data.Root}: waiting for it\n", cli.Error.ToString());
    }

    [Fact]
    public async Task Down_AnotherTakesTheFolderAtOnce_SaysThatAndWhereItIs()
    {
        await using var held = HoldTheFolder();
        var next = Path.Combine(cli.Folder, "next.json");
        await File.WriteAllTextAsync(next, JsonSerializer.Serialize(new RunningService("http://127.0.0.1:10", 42, DateTimeOffset.UnixEpoch), JsonConventions.Options));
        await AnnounceAsync(Of(await StartAsync($"trap 'mv {next} {Data.ServiceFile}; exit' TERM")));

        Assert.Equal(0, await cli.RunAsync("down"));
        Assert.Equal("The service at http://127.0.0.1:9 is stopped. Another one took its place and is up at http://127.0.0.1:10 (pid 42).\n", cli.Out.ToString());
    }

    [Fact]
    public async Task Down_AnotherTakesTheFolderAndStarts_SaysThat()
    {
        await using var held = HoldTheFolder();
        await AnnounceAsync(Of(await StartAsync($"trap 'rm {Data.ServiceFile}; exit' TERM")));

        Assert.Equal(0, await cli.RunAsync("down"));
        Assert.Equal("The service at http://127.0.0.1:9 is stopped. Another one took its place and is starting.\n", cli.Out.ToString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Down_PidIsAnotherProcessHere_IsRefusedAndTheProcessLeftAlone(bool isKnown)
    {
        await using var held = HoldTheFolder();
        var stranger = await StartAsync("trap 'exit 3' TERM");
        await AnnounceAsync(Of(stranger) with { ProcessStart = isKnown ? ProcessStart.Of(stranger.Id) - 1 : null });

        Assert.Equal(1, await cli.RunAsync("down"));
        Assert.Equal(
            $"error: The service at http://127.0.0.1:9 runs where its process (pid {stranger.Id} there) cannot be seen from here, as in a container: stop it there.\n",
            cli.Error.ToString());

        // A signal comes before the end of its input.
        stranger.StandardInput.Close();
        await stranger.WaitForExitAsync().WaitAsync(Limit);
        Assert.Equal(0, stranger.ExitCode);
    }

    // Opened here alone: a process that another test starts at that moment keeps for a while what was open for writing, and its lock.
    private FileStream HoldTheFolder() => new(Data.LockFile, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);

    private static RunningService Of(Process process) =>
        new("http://127.0.0.1:9", process.Id, DateTimeOffset.UnixEpoch) { ProcessStart = ProcessStart.Of(process.Id) };

    // In one step, as the service does.
    private async Task AnnounceAsync(RunningService service)
    {
        await File.WriteAllTextAsync(Data.ServiceFile + ".new", JsonSerializer.Serialize(service, JsonConventions.Options));
        File.Move(Data.ServiceFile + ".new", Data.ServiceFile);
    }

    /// <summary>A shell that does as it is told by signals, until its input ends.</summary>
    private async Task<Process> StartAsync(string script, bool holdsTheFolder = false)
    {
        string[] command = ["sh", "-c", $"{script}; echo ready; read -r line; exit 0"];
        var run = holdsTheFolder ? ["flock", "--exclusive", "--no-fork", Data.LockFile, .. command] : command;
        var process = Process.Start(new ProcessStartInfo(run[0], run[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        started.Add(process);
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync().WaitAsync(Limit));
        return process;
    }

    private (Task<int> Down, Task Waits) Down()
    {
        var shown = new ShownLine("waiting for it");
        var environment = new CliEnvironment
        {
            Out = cli.Surroundings.Out,
            Error = Screen.Create(new ShowingWriter(cli.Error, shown), false, false, () => 80),
            In = TextReader.Null,
            Variable = name => cli.Variables.GetValueOrDefault(name),
            CurrentDirectory = cli.Folder,
        };
        var down = CodexCommandLine.RunAsync(["down"], environment, CancellationToken.None);
        return (down, Task.WhenAny(shown.Seen, down).WaitAsync(Limit));
    }
}
