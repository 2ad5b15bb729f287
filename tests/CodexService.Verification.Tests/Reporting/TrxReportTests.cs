using CodexService.Testing;
using CodexService.Verification.Reporting;

namespace CodexService.Verification.Tests.Reporting;

/// <summary>The TRX files that dotnet test writes, without an SDK: the command writes what its logger would.</summary>
public sealed class TrxReportTests
{
    private const string Results = """
        <TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">
          <Results>
            <UnitTestResult testId="1" testName="App.Tests.CalcTests.Adds" outcome="Failed" />
            <UnitTestResult testId="2" testName="App.Tests.CalcTests.One(x: 1)" outcome="Passed" />
            <UnitTestResult testId="3" testName="OfNunit" outcome="Passed" />
            <UnitTestResult testId="4" testName="App.Tests.CalcTests.Later" outcome="NotExecuted" />
          </Results>
          <TestDefinitions>
            <UnitTest id="1"><TestMethod className="App.Tests.CalcTests" name="Adds" /></UnitTest>
            <UnitTest id="3"><TestMethod className="App.Tests.Other, App.Tests" name="OfNunit" /></UnitTest>
          </TestDefinitions>
        </TestRun>
        """;

    [Fact]
    public async Task Run_CommandWritesResults_AreReadPerTestAndTheExitCodeStays()
    {
        var run = await RunAsync($"mkdir \"$VSTestResultsDirectory\" && cat > \"$VSTestResultsDirectory/a.trx\" <<'END'\n{Results}\nEND\nexit 3");

        Assert.Equal(3, run.Evidence.ExitCode);
        Assert.Equal(["App.Tests.CalcTests.Adds"], run.Report!.Failing);
        Assert.Equal(["App.Tests.CalcTests.One(x: 1)", "App.Tests.Other.OfNunit"], run.Report.Passed.Order(StringComparer.Ordinal));
        Assert.Equal(TestOutcome.Skipped, run.Report.Outcomes["App.Tests.CalcTests.Later"]);
    }

    [Fact]
    public async Task Run_OneFileCannotBeRead_NothingIsReported()
    {
        var run = await RunAsync($"mkdir \"$VSTestResultsDirectory\" && cd \"$VSTestResultsDirectory\" && echo '<TestRun' > a.trx && cat > b.trx <<'END'\n{Results}\nEND");

        Assert.Equal(0, run.Evidence.ExitCode);
        Assert.Null(run.Report);
    }

    private static async Task<TestRun> RunAsync(string command)
    {
        await using var sandbox = new LocalProcessSandbox();
        var runner = await TestRunner.CreateAsync(sandbox, CancellationToken.None);
        return await runner.RunAsync("before", command, folder: null, TimeSpan.FromMinutes(5), CancellationToken.None, CancellationToken.None);
    }
}
