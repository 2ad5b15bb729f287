namespace CodexService.Launcher.Tests;

public sealed class HandOverTests : IDisposable
{
    private readonly LauncherCopy _launcher = LauncherCopy.OnCompleteMachine();

    public void Dispose() => _launcher.Dispose();

    [Fact]
    public async Task Run_ArgumentsWithSpacesAndQuotes_ArriveIntact()
    {
        string[] arguments = ["run", "--repo", "a folder", "--task", "say \"hi\" to $HOME, 'now' `pwd` * \\n", "", "two\nlines", "-x"];

        var outcome = await _launcher.RunAsync(arguments);

        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Contains(string.Concat(arguments.Select(argument => $"argument <{argument}>\n")), outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownCommand_IsTheCliToJudge_NeedsNoDocker()
    {
        _launcher.Tell("engine-error", "Cannot connect to the Docker daemon");

        var outcome = await _launcher.RunAsync("submit", "--repo", "x y");

        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Contains("argument <submit>\nargument <--repo>\nargument <x y>\n", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(_launcher.Calls, call => call.StartsWith("docker", StringComparison.Ordinal));
    }

    [Fact]
    public async Task NoCommand_ShowsHelp()
    {
        var outcome = await _launcher.RunAsync();

        Assert.Contains("argument <--help>", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HelpOfACommand_NeedsNoDocker()
    {
        _launcher.Tell("engine-error", "Cannot connect to the Docker daemon");

        var outcome = await _launcher.RunAsync("demo", "--help");

        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Contains("argument <demo>\nargument <--help>\n", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ExitCodeOfTheCli_IsTheLaunchers()
    {
        _launcher.Tell("program-exit", "2");

        Assert.Equal(2, (await _launcher.RunAsync("run", "--repo", ".")).ExitCode);
    }

    [Fact]
    public async Task Run_BecomesTheCliInTheCallersFolder()
    {
        var outcome = await _launcher.RunAsync("run", "--repo", ".");

        Assert.Contains($"process {outcome.ProcessId}\nfolder {_launcher.Folder}\n", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SymbolicLink_FindsTheCheckout()
    {
        var link = Path.Combine(_launcher.Folder, "codex-link");
        File.CreateSymbolicLink(link, Path.Combine("repository with spaces", "codex"));

        using var process = _launcher.Start(link, [], ["list"]);
        var outcome = await LauncherCopy.FinishAsync(process);

        Assert.True(outcome.ExitCode == 0, outcome.ToString());
        Assert.Contains("argument <list>", outcome.Output, StringComparison.Ordinal);
    }
}
