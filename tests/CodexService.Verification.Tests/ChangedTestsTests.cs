using CodexService.Repositories.Patches;
using CodexService.Testing;

namespace CodexService.Verification.Tests;

/// <summary>Patches that come to their verdict by way of the tests: what the reader is told.</summary>
public sealed class ChangedTestsTests
{
    private const string Tests = """
        import unittest
        from calc import add, mul


        class TestCalc(unittest.TestCase):
            def test_add(self):
                self.assertEqual(add(1, 2), 3)

            def test_mul(self):
                self.assertEqual(mul(2, 3), 6)

        """;

    [Fact]
    public async Task Verify_PatchChangesNoTests_SaysNothing()
    {
        var result = await VerifyAsync(("calc.py", SampleProject.Fixed), ("pyproject.toml", "[project]\nname = \"other\"\n"));

        Assert.True(result.Verified, result.Reason);
        Assert.Equal("1 failing test now passes, 1 other test still passes, in two runs", result.Reason);
        Assert.Empty(result.ChangedTests);
        Assert.Empty(result.ChangedFailToPass);
        Assert.Empty(result.RemovedTests);
    }

    [Fact]
    public async Task Verify_PatchMakesTheFailingTestExpectTheBug_IsToldToTheReader()
    {
        var result = await VerifyAsync(("test_calc.py", Tests.Replace("add(1, 2), 3", "add(1, 2), -1", StringComparison.Ordinal)));

        Assert.True(result.Verified, result.Reason);
        Assert.EndsWith("; the patch changes 1 test file: review it, 1 of 1 repaired test is in files that the patch itself changes", result.Reason, StringComparison.Ordinal);
        Assert.Equal([new ChangedFile("test_calc.py", FileChange.Modified)], result.ChangedTests);
        Assert.Equal(["test_calc.TestCalc.test_add"], result.ChangedFailToPass);
    }

    [Fact]
    public async Task Verify_PatchAddsTests_IsToldWithoutDoubtAboutTheOthers()
    {
        var result = await VerifyAsync(
            ("calc.py", SampleProject.Fixed),
            ("tests/__init__.py", ""),
            ("tests/test_more.py", "import unittest\n\n\nclass T(unittest.TestCase):\n    def test_new(self):\n        pass\n"));

        Assert.True(result.Verified, result.Reason);
        Assert.EndsWith("; the patch changes 2 test files: review them", result.Reason, StringComparison.Ordinal);
        Assert.Equal(["tests/__init__.py", "tests/test_more.py"], result.ChangedTests.Select(file => file.Path));
        Assert.All(result.ChangedTests, file => Assert.Equal(FileChange.Added, file.Change));
        Assert.Empty(result.ChangedFailToPass);
    }

    [Theory]
    [InlineData("    def test_add(self):", "    @unittest.skip('later')\n    def test_add(self):")]
    [InlineData("    def test_add(self):", "    @unittest.expectedFailure\n    def test_add(self):")]
    [InlineData("    def test_add(self):", "    def add_is_fine(self):")]
    [InlineData("    def test_add(self):", "    def test_other_name(self):\n        pass\n\n    def not_run(self):")]
    public async Task Verify_PatchDeletesSkipsOrRenamesTheFailingTest_IsRefuted(string line, string changed)
    {
        var result = await VerifyAsync(("test_calc.py", Tests.Replace(line, changed, StringComparison.Ordinal)));

        Assert.False(result.Verified);
        Assert.Contains("deletes or skips test_calc.TestCalc.test_add", result.Reason, StringComparison.Ordinal);
        Assert.Equal(["test_calc.TestCalc.test_add"], result.RemovedTests);
        Assert.Empty(result.FailToPass);
        Assert.Equal([new ChangedFile("test_calc.py", FileChange.Modified)], result.ChangedTests);
    }

    [Fact]
    public async Task Verify_PatchDeletesAPassingTest_IsRefuted()
    {
        var result = await VerifyAsync(("calc.py", SampleProject.Fixed), ("test_calc.py", Tests.Replace("    def test_mul", "    def gone", StringComparison.Ordinal)));

        Assert.False(result.Verified);
        Assert.Equal(["test_calc.TestCalc.test_mul"], result.RemovedTests);
        Assert.Equal(0, result.PassToPass);
    }

    [Fact]
    public async Task Verify_PatchChangesSettingsOfTests_NamesTheirFile()
    {
        var result = await VerifyAsync(("calc.py", SampleProject.Fixed), ("pyproject.toml", "[project]\nname = \"sample\"\n\n[tool.pytest.ini_options]\naddopts = \"-k nothing\"\n"));

        Assert.True(result.Verified, result.Reason);
        Assert.Equal([new ChangedFile("pyproject.toml", FileChange.Modified)], result.ChangedTests);
    }

    [Fact]
    public async Task Verify_CommandWithoutReport_StillTellsOfChangedTests()
    {
        using var repository = await TestRepository.CreateAsync(("calc.py", SampleProject.Buggy), ("tests/check.sh", "grep -q 'a + b' calc.py\n"));
        var patch = await repository.PatchAsync(("tests/check.sh", "true\n"));

        var result = await VerifyAsync(repository, patch, "sh tests/check.sh");

        Assert.True(result.Verified, result.Reason);
        Assert.Contains("passed twice with the patch", result.Reason, StringComparison.Ordinal);
        Assert.EndsWith("; the patch changes 1 test file: review it", result.Reason, StringComparison.Ordinal);
    }

    private static async Task<VerificationResult> VerifyAsync(params (string Path, string Content)[] files)
    {
        using var repository = await TestRepository.CreateAsync(
            ("calc.py", SampleProject.Buggy), ("test_calc.py", Tests.ReplaceLineEndings("\n")), ("pyproject.toml", "[project]\nname = \"sample\"\n"));
        return await VerifyAsync(repository, await repository.PatchAsync(files), SampleProject.Command);
    }

    private static Task<VerificationResult> VerifyAsync(TestRepository repository, string patch, string command) => new PatchVerifier { Time = new TestClock() }.VerifyAsync(
        new VerificationRequest(
            async _ => await SampleProject.OpenAsync(repository), patch, command, [], TimeSpan.FromMinutes(3), new Progress<string>()),
        default);
}
