using System.Text;
using CodexService.Verification.Reporting;

namespace CodexService.Verification.Tests.Reporting;

public sealed class TestReportTests
{
    [Fact]
    public void TryParse_ReportersLines_GivesOutcomes()
    {
        var report = Parse(
            """
            {"session": {"runner": "pytest", "python": "3.11.2", "executable": "/usr/bin/python3", "cmdline": ["x"], "cwd": "/w", "rootdir": "/w"}}
            {"collected": 4}
            {"started": "a"}
            {"id": "a", "outcome": "passed", "seconds": 0.1, "message": ""}
            {"id": "b", "outcome": "failed", "seconds": 0.1, "message": "x"}
            {"id": "c", "outcome": "skipped", "seconds": 0, "message": ""}
            {"started": "hung"}
            {"session_end": 1}

            """);

        Assert.NotNull(report);
        Assert.Equal(["a"], report.Passed);
        Assert.Equal(["b", "hung"], report.Failing.Order(StringComparer.Ordinal));
        Assert.True(report.IsComplete);
        Assert.Equal(new TestSession("pytest", "/usr/bin/python3", "/w"), report.Session);
    }

    [Fact]
    public void TryParse_SameTestTwice_TheWorseOutcomeCounts() =>
        Assert.Equal(TestOutcome.Failed, Parse("{\"id\":\"a\",\"outcome\":\"failed\"}\n{\"id\":\"a\",\"outcome\":\"passed\"}\n")!.Outcomes["a"]);

    [Fact]
    public void TryParse_LastLineCutOff_IsIgnored() =>
        Assert.Equal(["a"], Parse("{\"id\":\"a\",\"outcome\":\"passed\"}\n{\"id\":\"b\",\"outc")!.Passed);

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("passed\n")]
    [InlineData("[]\n")]
    [InlineData("{\"id\":\"a\",\"outcome\":\"great\"}\n")]
    [InlineData("{\"id\":\"a\"}\n")]
    [InlineData("{\"id\":\"\",\"outcome\":\"passed\"}\n")]
    [InlineData("{\"id\":\"a\\nb\",\"outcome\":\"passed\"}\n")]
    [InlineData("{\"id\":1,\"outcome\":\"passed\"}\n")]
    [InlineData("{\"id\":\"a\",\"outcome\":\"passed\"}\n{\"collected\":-1}\n")]
    [InlineData("{\"id\":\"a\",\"outcome\":\"passed\"}\n{\"x\":[[[[[[[[[[[1]]]]]]]]]]]}\n")]
    [InlineData("{\"id\":\"a\",\"outcome\":\"passed\"} x\n")]
    [InlineData("{\"id\":\"a\",\"outcome\":\"passed\"}\n\0\n")]
    public void TryParse_AnythingElse_IsNoReport(string text) => Assert.Null(Parse(text));

    [Fact]
    public void TryParse_LineWithoutEnd_IsNoReport() =>
        Assert.Null(Parse("{\"id\":\"a\",\"outcome\":\"passed\",\"message\":\"" + new string('x', 100_000) + "\"}\n"));

    private static TestReport? Parse(string text) => TestReport.TryParse(Encoding.UTF8.GetBytes(text));
}
