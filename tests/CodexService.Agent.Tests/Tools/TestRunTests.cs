using System.Text;
using CodexService.Agent.Tools;

namespace CodexService.Agent.Tests.Tools;

public sealed class TestRunTests
{
    [Theory]
    [InlineData("FAILED tests/test_a.py::test_x[1] - assert 1 == 2\nERROR tests/test_b.py::test_y\n= 1 failed, 7 passed, 1 error in 0.31s =\n", 7, 2, "tests/test_a.py::test_x[1]|tests/test_b.py::test_y")]
    [InlineData("..\n2 passed, 1 warning in 0.02s\n", 2, 0, "")]
    [InlineData("no tests ran in 0.01s\n", 0, 0, "")]
    [InlineData("FAIL: test_bad (t.T.test_bad)\n---\nRan 5 tests in 0.001s\n\nFAILED (failures=1, errors=1, skipped=1)\n", 2, 2, "test_bad (t.T.test_bad)")]
    [InlineData("Ran 3 tests in 0.001s\n\nOK (skipped=1)\n", 2, 0, "")]
    [InlineData("  ● math › adds numbers\n\nTests:       1 failed, 2 passed, 3 total\n", 2, 1, "math › adds numbers")]
    [InlineData(" FAIL  src/a.test.ts > math > adds\n\n      Tests  1 failed | 4 passed (5)\n", 4, 1, "src/a.test.ts > math > adds")]
    [InlineData("not ok 2 - adds\n# tests 3\n# pass 2\n# fail 1\n", 2, 1, "adds")]
    [InlineData("✖ adds (1.2ms)\nℹ pass 2\nℹ fail 1\n", 2, 1, "adds")]
    [InlineData("  Failed N.T.Adds(x: 1) [12 ms]\nFailed!  - Failed:     1, Passed:     2, Skipped:     0, Total:     3\nPassed!  - Failed:     0, Passed:     5, Skipped:     0, Total:     5\n", 7, 1, "N.T.Adds(x: 1)")]
    [InlineData("test a::b ... FAILED\ntest result: FAILED. 3 passed; 1 failed; 0 ignored\n", 3, 1, "a::b")]
    [InlineData("  3 passing (12ms)\n  1 failing\n", 3, 1, "")]
    public void Read_KnownRunner_CountsAndNames(string output, int passed, int failed, string names)
    {
        var summary = TestSummary.Read(Encoding.UTF8.GetBytes(output));

        Assert.Equal((passed, failed, names), (summary.Passed, summary.Failed, string.Join('|', summary.FailedTests)));
    }

    [Fact]
    public void Read_UnknownOrHostileOutput_CountsNothing()
    {
        Assert.Null(TestSummary.Read("all fine\n"u8.ToArray()).Passed);
        var hostile = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("1 passed ", 200_000)) + new string(' ', 100_000) + "FAILED a");
        Assert.Null(TestSummary.Read(hostile).Passed);
    }

    [Theory]
    [InlineData("pytest -q", "a.py::t b.py", "pytest -q 'a.py::t' 'b.py'")]
    [InlineData("python3 -m pytest tests -q -k fast", "tests/a.py", "python3 -m pytest -q -k fast 'tests/a.py'")]
    [InlineData("cd app && CI=1 npx jest --ci", "a.test.js", "cd app && CI=1 npx jest --ci 'a.test.js'")]
    [InlineData("python -m unittest discover -v", "tests/a.py::T::t", "python -m unittest -v 'tests.a.T.t'")]
    [InlineData("node --test", "it's.mjs", "node --test 'it'\\''s.mjs'")]
    [InlineData("npx vitest run", "a", "npx vitest run 'a'")]
    [InlineData("dotnet test src/A.sln -c Release", "N.T.Adds src/BTests.cs", "dotnet test src/A.sln -c Release --filter 'FullyQualifiedName~N.T.Adds|FullyQualifiedName~BTests'")]
    public void ForTests_KnownRunner_RunsOnlyThem(string command, string tests, string expected) =>
        Assert.Equal((expected, null), TestCommandLine.ForTests(command, tests));

    [Theory]
    [InlineData("npm test", "a")]
    [InlineData("python -m unittest discover -s tests", "a")]
    [InlineData("pytest | tee log", "a")]
    [InlineData("pytest; true", "a")]
    [InlineData("./pytest-all", "a")]
    [InlineData("pytest", "--collect-only")]
    [InlineData("pytest", "-p evil")]
    public void ForTests_UnknownRunnerOrOption_IsRefused(string command, string tests) =>
        Assert.NotNull(TestCommandLine.ForTests(command, tests).Wrong);
}
