namespace CodexService.Launcher.Tests;

public sealed class SandboxImageTests : IDisposable
{
    private readonly LauncherCopy _launcher = LauncherCopy.OnCompleteMachine();

    public void Dispose() => _launcher.Dispose();

    [Fact]
    public async Task BuildImage_MadeFromTheSameFiles_DoesNothing()
    {
        var first = await _launcher.BuildImageAsync();
        var second = await _launcher.BuildImageAsync();

        Assert.True(first.ExitCode == 0, first.ToString());
        Assert.Equal(1, _launcher.ImageBuilds);
        Assert.Equal(0, second.ExitCode);
        Assert.Equal("", second.Errors);
    }

    [Fact]
    public async Task BuildImage_DockerfileChanged_BuildsAgain()
    {
        await _launcher.BuildImageAsync();
        await File.AppendAllTextAsync(Path.Combine(_launcher.Root, "infra/sandbox/Dockerfile"), "# changed\n");

        await _launcher.BuildImageAsync();

        Assert.Equal(2, _launcher.ImageBuilds);
    }

    [Fact]
    public async Task BuildImage_NoRegistryAndNotRoot_SaysWhatToDo()
    {
        _launcher.Tell("no-registry", "");

        var outcome = await _launcher.BuildImageAsync();

        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith("build-image: debian:bookworm-slim could not be pulled and is not here: load it with 'docker load'", outcome.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Equal(0, _launcher.ImageBuilds);
    }

    [Fact]
    public async Task Demo_ImageCannotBeBuilt_EndsWith1BeforeTheCliStarts()
    {
        _launcher.Tell("build-error", "E: Unable to locate package ripgrep\n");

        var outcome = await _launcher.RunAsync("demo");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal("", outcome.Output);
        Assert.Contains("E: Unable to locate package ripgrep", outcome.ErrorLines);
        Assert.Contains(outcome.ErrorLines, line => line.StartsWith("build-image: the sandbox image could not be built", StringComparison.Ordinal));
    }
}
