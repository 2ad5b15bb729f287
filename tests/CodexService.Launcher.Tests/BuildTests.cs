namespace CodexService.Launcher.Tests;

public sealed class BuildTests : IDisposable
{
    private readonly LauncherCopy _launcher = LauncherCopy.OnCompleteMachine();

    public void Dispose() => _launcher.Dispose();

    [Fact]
    public async Task SecondStart_NothingChanged_BuildsNothingAndIsSilent()
    {
        await _launcher.RunAsync("demo");

        var second = await _launcher.RunAsync("demo");

        Assert.True(second.ExitCode == 0, second.ToString());
        Assert.Equal("", second.Errors);
        Assert.Equal(1, _launcher.Builds);
        Assert.Equal(1, _launcher.ImageBuilds);
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("added")]
    [InlineData("removed")]
    public async Task SecondStart_SourceChanged_BuildsAgain(string change)
    {
        var removed = _launcher.Write("shared/Old/Old.cs", "// old");
        await _launcher.RunAsync("list");

        switch (change)
        {
            case "changed":
                _launcher.Write("services/CodexService.Cli/Program.cs", "// the CLI, changed");
                break;
            case "added":
                // As a file that was moved here: older than the last build.
                File.SetLastWriteTimeUtc(_launcher.Write("shared/New/New.cs", "// new"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
                break;
            default:
                File.Delete(removed);
                break;
        }

        await _launcher.RunAsync("list");

        Assert.Equal(2, _launcher.Builds);
    }

    [Fact]
    public async Task SecondStart_GeneratedFolderChanged_BuildsNothing()
    {
        await _launcher.RunAsync("list");
        _launcher.Write("services/dashboard/node_modules/x/index.js", "x");
        _launcher.Write("services/CodexService.Api/wwwroot/index.html", "x");

        await _launcher.RunAsync("list");

        Assert.Equal(1, _launcher.Builds);
    }

    [Fact]
    public async Task BuildFails_ShowsTheErrorOnceAndEndsWith1_AndIsTriedAgain()
    {
        _launcher.Tell("compile-error", "/x/Program.cs(3,1): error CS1002: ; expected [/x/Cli.csproj]\n/x/Program.cs(3,1): error CS1002: ; expected [/x/Cli.csproj]\n");

        var outcome = await _launcher.RunAsync("list");
        File.Delete(Path.Combine(_launcher.State, "compile-error"));
        var next = await _launcher.RunAsync("list");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal("", outcome.Output);
        Assert.Single(outcome.ErrorLines, "/x/Program.cs(3,1): error CS1002: ; expected");
        Assert.Contains("codex: the build failed", outcome.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Equal(0, next.ExitCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Build_CompilesWithOneServerOfItsOwn_WhichEndsWithIt(bool fails)
    {
        const string Program = "sdks/10.0.401/Roslyn/bincore/VBCSCompiler.dll";
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_launcher.State, Program))!);
        _launcher.Tell(Program, "");
        if (fails)
        {
            _launcher.Tell("compile-error", "/x/Program.cs(3,1): error CS1002: ; expected [/x/Cli.csproj]\n");
        }

        await _launcher.RunAsync("list");

        var build = Array.FindIndex(_launcher.Calls, call => call.StartsWith("dotnet build", StringComparison.Ordinal));
        var words = _launcher.Calls[build].Split(' ');
        var server = words.Single(word => word.StartsWith("-p:SharedCompilationId=", StringComparison.Ordinal)).Split('=')[1];
        Assert.Contains("-p:UseSharedCompilation=true", words);
        Assert.Contains($"dotnet exec {Path.Combine(_launcher.State, Program)} -shutdown -pipename:{server}", _launcher.Calls[build..]);
    }

    [Fact]
    public async Task SdkTooOld_SaysWhereToGetTheRightOne()
    {
        _launcher.Tell("sdk", "8.0.100");

        var outcome = await _launcher.RunAsync("list");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal(["codex: the .NET SDK 10 is missing: install it from https://dotnet.microsoft.com/download/dotnet/10.0"], outcome.ErrorLines);
    }
}
