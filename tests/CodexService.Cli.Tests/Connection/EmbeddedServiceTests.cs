namespace CodexService.Cli.Tests.Connection;

/// <summary>The lifecycle of a service that a command starts, with a shell script in the service's place.</summary>
public sealed class EmbeddedServiceTests : IAsyncLifetime
{
    private ScriptedApi api = null!;
    private CliRun cli = null!;

    private string Trace => Path.Combine(cli.Folder, "trace");

    public async Task InitializeAsync()
    {
        api = await ScriptedApi.StartAsync();
        cli = new CliRun();
        cli.Variables["CODEX_TOKEN"] = ScriptedApi.Token;
    }

    public async Task DisposeAsync()
    {
        await cli.DisposeAsync();
        await api.DisposeAsync();
    }

    [Fact]
    public async Task Run_NothingUp_StartsAServiceAndStopsItAfterwards()
    {
        Service($"echo \"port $CODEX_PORT data $CODEX_DATA $*\" >>{Trace}", $"echo 'Codex service is ready at {api.Url}'", "cat >/dev/null", $"echo stopped >>{Trace}");
        Assert.Equal(0, await cli.RunAsync("run", "--repo", ".", "--task", "x"));
        Assert.Contains("✓ Verified", cli.Out.ToString(), StringComparison.Ordinal);
        Assert.Matches($@"^port \d+ data {cli.Folder}/data --StopWhenInputCloses=true\nstopped\n$", await File.ReadAllTextAsync(Trace));
    }

    [Fact]
    public async Task Run_ServiceDoesNotStart_TellsItsOwnWords()
    {
        Service("echo 'codex-service: Port 8080 is taken.' >&2", "exit 1");
        Assert.Equal(1, await cli.RunAsync("run", "--repo", ".", "--task", "x"));
        Assert.Equal("error: Port 8080 is taken.\n", cli.Error.ToString());
    }

    [Fact]
    public async Task Run_CtrlCWhileStarting_StopsTheService()
    {
        var started = Path.Combine(cli.Folder, "started");
        Service($"touch {started}", "cat >/dev/null", $"echo stopped >>{Trace}");
        using var appeared = new SemaphoreSlim(0);
        using var watcher = new FileSystemWatcher(cli.Folder, "started");
        watcher.Created += (_, _) => appeared.Release();
        watcher.EnableRaisingEvents = true;
        using var stop = new CancellationTokenSource();
        var run = cli.RunAsync(stop.Token, "run", "--repo", ".", "--task", "x");
        Assert.True(await appeared.WaitAsync(TimeSpan.FromMinutes(2)));
        await stop.CancelAsync();
        Assert.Equal(130, await run);
        Assert.Equal("stopped\n", await File.ReadAllTextAsync(Trace));
    }

    [Fact]
    public async Task Up_FirstStart_ShowsTheSignInLinkAndStopsOnCtrlC()
    {
        cli.Variables["CODEX_TOKEN"] = null;
        Service("mkdir -p $CODEX_DATA", "echo cdx_new >$CODEX_DATA/token", $"echo 'Codex service is ready at {api.Url}'", "cat >/dev/null", $"echo stopped >>{Trace}");
        await Up();
        Assert.Contains($"\n{api.Url}/sign-in#token=cdx_new\n", cli.Out.ToString(), StringComparison.Ordinal);
        cli.Out.GetStringBuilder().Clear();
        await Up();
        Assert.DoesNotContain("cdx_new", cli.Out.ToString(), StringComparison.Ordinal);
        Assert.Contains($"The API token to sign in with is in {cli.Folder}/data/token; ./codex token --show prints it.", cli.Out.ToString(), StringComparison.Ordinal);
        Assert.Equal("stopped\nstopped\n", await File.ReadAllTextAsync(Trace));
    }

    [Fact]
    public async Task Up_TokenMadeEarlierAndANarrowTerminal_ShowsTheLinkWholeOnALineOfItsOwn()
    {
        cli.Variables["CODEX_TOKEN"] = null;
        var data = Directory.CreateDirectory(Path.Combine(cli.Folder, "data")).FullName;
        await File.WriteAllTextAsync(Path.Combine(data, "token"), "cdx_" + new string('x', 43));
        Service($"echo 'Codex service is ready at {api.Url}'", "cat >/dev/null");
        await Up(isTerminal: true);
        Assert.Contains($"\n{api.Url}/sign-in#token=cdx_{new string('x', 43)}\n", cli.Out.ToString(), StringComparison.Ordinal);
        Assert.Contains($"{data}/token; ./codex token --show prints it.", cli.Out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ServiceEndsWithTheCommand_NamesNoAddressOfIt()
    {
        cli.Variables["CODEX_PORT"] = "8123";
        Service($"echo 'Codex service is ready at {api.Url}'", "cat >/dev/null");
        Assert.Equal(0, await cli.RunAsync("run", "--repo", ".", "--task", "x", "--json", "report.json"));
        Assert.DoesNotContain(api.Url, cli.Out.ToString() + cli.Error, StringComparison.Ordinal);
        Assert.Contains("\nhttp://127.0.0.1:8123/pulls/1\n", cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Contains("\ngit -C /repo diff main...codex/fix-the-pagination-bug-1234abcd\n", cli.Error.ToString(), StringComparison.Ordinal);
        Assert.Contains("\"url\": \"http://127.0.0.1:8123/pulls/1\"", await File.ReadAllTextAsync(Path.Combine(cli.Folder, "report.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ChangeIsOnGitHub_NamesItsAddressAlthoughTheServiceEnds()
    {
        api.Task = api.Task with { PullRequest = api.Task.PullRequest! with { Url = "https://github.com/me/shop/pull/7" } };
        Service($"echo 'Codex service is ready at {api.Url}'", "cat >/dev/null");
        Assert.Equal(0, await cli.RunAsync("run", "--repo", ".", "--task", "x"));
        Assert.Contains("open https://github.com/me/shop/pull/7\n", cli.Out.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("./codex up", cli.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_AnotherIsUp_NamesItsAddressAndPid()
    {
        var data = Directory.CreateDirectory(Path.Combine(cli.Folder, "data")).FullName;
        await using var held = new FileStream(Path.Combine(data, "service.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        await File.WriteAllTextAsync(Path.Combine(data, "service.json"), """{"url":"http://127.0.0.1:9","pid":42,"started_at":"2026-01-02T03:04:05Z"}""");
        Assert.Equal(1, await cli.RunAsync("up"));
        Assert.Equal($"error: A service is already up at http://127.0.0.1:9 (pid 42) with the data in {data}. Use that one, or choose another folder with CODEX_DATA.\n", cli.Error.ToString());
    }

    [Fact]
    public async Task List_ServiceLeftItsFileWhenKilled_CountsAsDown()
    {
        var data = Directory.CreateDirectory(Path.Combine(cli.Folder, "data")).FullName;
        await File.WriteAllTextAsync(Path.Combine(data, "service.lock"), string.Empty);
        await File.WriteAllTextAsync(Path.Combine(data, "service.json"), $$"""{"url":"{{api.Url}}","pid":1,"started_at":"2026-01-02T03:04:05Z"}""");
        Assert.Equal(1, await cli.RunAsync("list"));
        Assert.StartsWith("error: No service is up on ", cli.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ServiceUp_UsesItAndStartsNone()
    {
        var data = Directory.CreateDirectory(Path.Combine(cli.Folder, "data")).FullName;
        await using var held = new FileStream(Path.Combine(data, "service.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        await File.WriteAllTextAsync(Path.Combine(data, "service.json"), $$"""{"url":"{{api.Url}}","pid":1,"started_at":"2026-01-02T03:04:05Z"}""");
        Service($"touch {Trace}", "exit 1");
        Assert.Equal(0, await cli.RunAsync("run", "--repo", ".", "--task", "x"));
        Assert.False(File.Exists(Trace));
    }

    private async Task Up(bool isTerminal = false)
    {
        using var stop = new CancellationTokenSource();
        var shown = new ShownLine("Ctrl+C stops");
        var environment = new CliEnvironment
        {
            Out = CodexService.Cli.Terminal.Screen.Create(new ShowingWriter(cli.Out, shown), isTerminal, false, () => 40),
            Error = cli.Surroundings.Error,
            In = TextReader.Null,
            Variable = name => cli.Variables.GetValueOrDefault(name),
            CurrentDirectory = cli.Folder,
        };
        var up = CodexCommandLine.RunAsync(["up"], environment, stop.Token);
        await Task.WhenAny(shown.Seen, up).WaitAsync(TimeSpan.FromMinutes(2));
        await stop.CancelAsync();
        Assert.Equal(0, await up.WaitAsync(TimeSpan.FromMinutes(2)));
    }

    private void Service(params string[] lines)
    {
        var script = Path.Combine(cli.Folder, "service.sh");
        Scripts.Write(script, "#!/bin/sh\n" + string.Join('\n', lines) + "\n");
        cli.Variables["CODEX_STANDALONE"] = script;
    }
}
