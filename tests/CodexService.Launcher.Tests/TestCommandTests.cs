namespace CodexService.Launcher.Tests;

public sealed class TestCommandTests : IDisposable
{
    private readonly LauncherCopy _launcher = LauncherCopy.OnCompleteMachine();

    public void Dispose() => _launcher.Dispose();

    [Theory]
    [InlineData(5, 5, 5, 0, 0, "5 passed, 0 failed, 0 skipped")]
    [InlineData(9, 7, 7, 0, 0, "7 passed, 0 failed, 2 skipped")]
    [InlineData(5, 4, 3, 1, 1, "3 passed, 1 failed, 1 skipped")]
    public async Task Test_ClosesWithTheSum(int total, int executed, int passed, int dotnetExit, int exit, string closing)
    {
        _launcher.Tell("results.trx", $"""<TestRun><Counters total="{total}" executed="{executed}" passed="{passed}" failed="{executed - passed}" notExecuted="0" /></TestRun>""");
        _launcher.Tell("test-exit", $"{dotnetExit}");

        var outcome = await _launcher.RunAsync("test");

        Assert.True(outcome.ExitCode == exit, outcome.ToString());
        Assert.Equal(closing, outcome.OutputLines[^1]);
    }

    [Fact]
    public async Task Test_HostCrashedAfterPassingTests_EndsWith1()
    {
        _launcher.Tell("results.trx", """<TestRun><Counters total="5" executed="5" passed="5" failed="0" /></TestRun>""");
        _launcher.Tell("test-exit", "1");

        var outcome = await _launcher.RunAsync("test");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal("5 passed, 0 failed, 0 skipped", outcome.OutputLines[^1]);
    }

    [Fact]
    public async Task Test_ProjectThatTheSolutionForgot_EndsWith1AndNamesIt()
    {
        _launcher.Tell("results.trx", """<TestRun><Counters total="5" executed="5" passed="5" failed="0" /></TestRun>""");
        _launcher.Write("tests/CodexService.Forgotten.Tests/CodexService.Forgotten.Tests.csproj", "<Project />");

        var outcome = await _launcher.RunAsync("test");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(outcome.ErrorLines, line => line.StartsWith("codex: the tests of CodexService.Forgotten.Tests were not built", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Test_NoTestRan_EndsWith1()
    {
        var outcome = await _launcher.RunAsync("test", "--filter", "Name=nothing");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("codex: no test ran", outcome.ErrorLines);
        Assert.Equal("0 passed, 0 failed, 0 skipped", outcome.OutputLines[^1]);
    }

    [Fact]
    public async Task Test_FilterWithSpacesAndOperators_ReachesDotnetAsOneArgument()
    {
        _launcher.Tell("results.trx", """<TestRun><Counters total="1" executed="1" passed="1" failed="0" /></TestRun>""");

        await _launcher.RunAsync("test", "--filter", "Name~A&Category!=Slow one", "sample");

        Assert.Contains(_launcher.Calls, call => call.Contains("--filter Name~A&Category!=Slow one", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Test_SeveralProjects_AreSummedAndOneFailureIsEnough()
    {
        _launcher.Tell("results.trx", """<TestRun><Counters total="5" executed="5" passed="5" failed="0" /></TestRun>""");
        _launcher.Tell("test-exit-CodexService.Repair.Tests", "1");
        foreach (var project in (string[])["CodexService.Repair.Tests", "CodexService.Another.Tests"])
        {
            _launcher.Write($"tests/{project}/{project}.csproj", "<Project />");
            _launcher.Write($"artifacts/bin/{project}/release/{project}.dll", "");
        }

        var outcome = await _launcher.RunAsync("test");

        Assert.True(outcome.ExitCode == 1, outcome.ToString());
        Assert.Equal("15 passed, 0 failed, 0 skipped", outcome.OutputLines[^1]);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("two")]
    public async Task Test_ProjectsAtOnceThatAreNoNumber_SaysSo(string value)
    {
        var outcome = await _launcher.RunAsync(new Dictionary<string, string> { ["CODEX_TEST_PROJECTS_AT_ONCE"] = value }, "test");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal([$"codex: CODEX_TEST_PROJECTS_AT_ONCE is '{value}': give a number from 1, for example 2"], outcome.ErrorLines);
    }

    [Fact]
    public async Task Test_UnknownOption_SaysSo()
    {
        var outcome = await _launcher.RunAsync("test", "--fast");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal(["codex: unknown option '--fast': there are --filter and --no-build (./codex test --help)"], outcome.ErrorLines);
    }
}
