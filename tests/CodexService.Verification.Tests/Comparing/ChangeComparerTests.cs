using CodexService.Repositories.Patches;
using CodexService.Sandbox;
using CodexService.Testing;
using CodexService.Verification.Comparing;
using CodexService.Verification.Judging;
using CodexService.Verification.Reporting;

namespace CodexService.Verification.Tests.Comparing;

/// <summary>Every letter is a test: upper case passed, lower case failed, '-' before it means skipped.</summary>
public sealed class ChangeComparerTests
{
    [Theory]
    [InlineData("ABc", "ABc", "aBCd", "aBCd", "newly failing: A D; newly passing: C; still failing: ; flaky: ; removed: ; 1 + 0")]
    [InlineData("ABc", "ABc", "A-BcE", "A-BcE", "newly failing: ; newly passing: ; still failing: C; flaky: ; removed: B; 1 + 1")]
    [InlineData("AB", "Ab", "aB", "AB", "newly failing: ; newly passing: ; still failing: ; flaky: A B; removed: ; 0 + 0")]
    public void Compare_Runs_TellsWhatDiffers(string before, string again, string after, string afterAgain, string expected)
    {
        var comparison = ChangeComparer.Compare(new(Run(before), Run(again)), new(Run(after), Run(afterAgain)), "make test");

        Assert.True(comparison.KnowsTests);
        Assert.Equal(
            expected,
            $"newly failing: {Join(comparison.NewlyFailing)}; newly passing: {Join(comparison.NewlyPassing)}; still failing: {Join(comparison.StillFailing)}; flaky: {Join(comparison.Flaky)}; removed: {Join(comparison.Removed)}; {comparison.StillPassing} + {comparison.AddedPassing}");
    }

    [Theory]
    [InlineData(0, 0, "the test command passes without the change and passes with it; it reports no single tests")]
    [InlineData(0, 2, "the test command passes without the change and fails (exit code 2) with it; it reports no single tests")]
    [InlineData(127, 127, "the test command 'make test' cannot be run: make: not found")]
    public void Compare_NoReports_TellsExitCodes(int before, int after, string conclusion)
    {
        var (old, now) = (Run("", before), Run("", after));

        Assert.Equal(conclusion, ChangeComparer.Compare(new(old, old), new(now, now), "make test").Conclusion);
    }

    [Fact]
    public void Compare_FileThatCanNoLongerBeImported_IsNewlyFailingAndItsTestsAreNotDeleted()
    {
        var old = Run(new Dictionary<string, TestOutcome>(StringComparer.Ordinal) { ["t/test_x.py::one"] = TestOutcome.Passed });
        var now = Run(new Dictionary<string, TestOutcome>(StringComparer.Ordinal) { ["t/test_x.py"] = TestOutcome.Error });

        var comparison = ChangeComparer.Compare(new(old, old), new(now, now), "pytest");

        Assert.Equal(["t/test_x.py"], comparison.NewlyFailing);
        Assert.Empty(comparison.Removed);
        var back = ChangeComparer.Compare(new(now, now), new(old, old), "pytest");
        Assert.Equal(["t/test_x.py::one"], back.NewlyPassing);
    }

    [Fact]
    public async Task Compare_ChangeThatBreaksATest_RunsBothSidesTwiceInSandboxesOfTheirOwn()
    {
        using var before = await SampleProject.CreateAsync(SampleProject.Fixed);
        using var after = await SampleProject.CreateAsync();
        var opened = 0;

        var comparison = await ChangeComparer.CompareAsync(
            new ComparisonRequest(token => OpenAsync(before), token => OpenAsync(after), SampleProject.Command, TimeSpan.FromMinutes(2), new Progress<string>()), default);

        Assert.Equal(["test_calc.TestCalc.test_add"], comparison.NewlyFailing);
        Assert.Equal("1 test newly fails; 2 pass as before", comparison.Conclusion);
        Assert.Equal([("before", 0), ("before", 0), ("after", 1), ("after", 1)], comparison.Commands.Select(command => (command.Phase, command.ExitCode)));
        Assert.Equal(2, opened);

        async Task<ISandbox> OpenAsync(TestRepository repository)
        {
            Interlocked.Increment(ref opened);
            return await SampleProject.OpenAsync(repository);
        }
    }

    [Fact]
    public async Task Compare_OneSideCannotBeOpened_EndsTheOther()
    {
        using var repository = await SampleProject.CreateAsync();
        var other = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        await Assert.ThrowsAsync<SandboxException>(() => ChangeComparer.CompareAsync(
            new ComparisonRequest(
                _ => throw new SandboxException("no engine"),
                async token =>
                {
                    using var registration = token.Register(() => other.TrySetCanceled(token));
                    await other.Task;
                    throw new InvalidOperationException("the token was not cancelled");
                },
                SampleProject.Command,
                TimeSpan.FromMinutes(2),
                new Progress<string>()),
            default));
        Assert.True(other.Task.IsCanceled);
    }

    [Fact]
    public void TestsAmong_ChangedFiles_AreThoseOfTests() => Assert.Equal(
        ["tests/a.py"],
        ChangeComparison.TestsAmong([new ChangedFile("src/a.py", FileChange.Modified), new ChangedFile("tests/a.py", FileChange.Deleted)]).Select(file => file.Path));

    private static string Join(IReadOnlyList<string> tests) => string.Join(' ', tests);

    private static TestRun Run(string tests, int? exitCode = null)
    {
        var outcomes = new Dictionary<string, TestOutcome>(StringComparer.Ordinal);
        for (var i = 0; i < tests.Length; i++)
        {
            var skipped = tests[i] == '-';
            i += skipped ? 1 : 0;
            outcomes[char.ToUpperInvariant(tests[i]).ToString()] = skipped ? TestOutcome.Skipped : char.IsUpper(tests[i]) ? TestOutcome.Passed : TestOutcome.Failed;
        }

        return Run(outcomes, exitCode);
    }

    private static TestRun Run(Dictionary<string, TestOutcome> outcomes, int? exitCode = null) => new(
        new EvidenceCommand("before", "make test", exitCode ?? (outcomes.ContainsValue(TestOutcome.Failed) ? 1 : 0), TimeSpan.Zero, TimedOut: false, "make: not found\n"),
        outcomes.Count == 0 ? null : new TestReport(outcomes, Collected: null, Session: null),
        Limit: null);
}
