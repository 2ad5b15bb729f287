using CodexService.Verification.Judging;
using CodexService.Verification.Reporting;

namespace CodexService.Verification.Tests.Judging;

/// <summary>Every letter is a test: upper case passed, lower case failed, '-' before it means skipped.</summary>
public sealed class JudgeTests
{
    [Theory]
    [InlineData("Ab", 1, "AB", 0, "AB", 0, "", true, "now passes")]
    [InlineData("Ab", 1, "AB", 0, "AB", 0, "b", true, "now passes")]
    [InlineData("Abc", 1, "ABc", 1, "ABc", 1, "b", true, "now passes")]
    [InlineData("Abc", 1, "ABc", 1, "ABc", 1, "", false, "still failing with the patch: c")]
    [InlineData("Ab", 1, "Ab", 1, "Ab", 1, "", false, "still failing with the patch: b")]
    [InlineData("Ab", 1, "aB", 1, "aB", 1, "", false, "breaks a")]
    [InlineData("Ab", 1, "B", 0, "B", 0, "", false, "breaks a")]
    [InlineData("Ab", 1, "-AB", 0, "-AB", 0, "", false, "breaks a")]
    [InlineData("Ab", 1, "AB", 0, "Ab", 1, "", false, "disagree about b")]
    [InlineData("Ab", 1, "AB", 0, "aB", 1, "", false, "disagree about a")]
    [InlineData("Ab", 1, "AB", 1, "AB", 1, "", false, "exit code 1")]
    [InlineData("Ab", 1, "ABd", 1, "ABd", 1, "", false, "brings failing tests: d")]
    [InlineData("Abc", 1, "ABc", 0, "ABc", 0, "b", false, "ends with exit code 0")]
    [InlineData("Ab", 1, "AB", 0, "AB", 0, "a", false, "did not fail at the base commit")]
    [InlineData("Ab", 1, "AB", 0, "AB", 0, "z", false, "did not fail at the base commit")]
    [InlineData("A", 1, "A", 0, "A", 0, "", false, "no test does")]
    [InlineData("Ab", 1, "", 0, "AB", 0, "", false, "no readable report")]
    [InlineData("", 2, "", 0, "", 0, "", true, "passed twice")]
    [InlineData("", 2, "", 0, "", 1, "", false, "flaky")]
    [InlineData("", 2, "", 2, "", 2, "", false, "still fails")]
    public void Decide_Runs_GivesTheVerdict(string before, int beforeCode, string first, int firstCode, string second, int secondCode, string target, bool verified, string reason)
    {
        var verdict = Judge.Decide(Run(before, beforeCode), Run(before, beforeCode), Run(first, firstCode), Run(second, secondCode), target.Length == 0 ? [] : [target]);

        Assert.Equal(verified, verdict.Verified);
        Assert.Contains(reason, verdict.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Abc", "AC", "", false, "deletes or skips b", "b")]
    [InlineData("Abc", "A-BC", "", false, "deletes or skips b", "b")]
    [InlineData("Abc", "BC", "", false, "breaks a", "a")]
    [InlineData("Abc", "-ABC", "", false, "breaks a", "a")]
    [InlineData("Abc", "AC", "c", true, "1 failing test now passes, 1 other test still passes", "b")]
    [InlineData("A-Bc", "AC", "", true, "now passes", "")]
    [InlineData("Ab", "-A-B", "", false, "breaks a", "a b")]
    public void Decide_TestsOfTheBaseDeletedOrSkipped_AreListedAndCountForNothing(string before, string after, string target, bool verified, string reason, string removed)
    {
        var verdict = Judge.Decide(Run(before, 1), Run(before, 1), Run(after, 0), Run(after, 0), target.Length == 0 ? [] : [target]);

        Assert.Equal(verified, verdict.Verified);
        Assert.Contains(reason, verdict.Reason, StringComparison.Ordinal);
        Assert.Equal(removed, string.Join(' ', verdict.Removed));
        Assert.Empty(verdict.FailToPass.Intersect(verdict.Removed));
    }

    [Theory]
    [InlineData("t/test_x.py", "t/test_x.py::A", "")]
    [InlineData("t/test_x.py", "OTHER", "t/test_x.py")]
    public void Decide_FileCouldNotBeImported_IsRemovedOnlyWithAllItsTests(string file, string after, string removed)
    {
        var before = Files($"OK {file}", 2);
        Assert.Equal(removed, string.Concat(Judge.Decide(before, before, Files($"OK {after}", 0), Files($"OK {after}", 0), []).Removed));
    }

    [Fact]
    public void Decide_IncompleteRun_IsNoProof()
    {
        var incomplete = Run("AB", 0) with { Report = Run("AB", 0).Report! with { Collected = 3 } };
        var verdict = Judge.Decide(Run("Ab", 1), Run("Ab", 1), incomplete, incomplete, []);
        Assert.False(verdict.Verified);
        Assert.Contains("not every selected test ran", verdict.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Ab", "AB", "AB", "", false, "b fails only sometimes at the base commit", "", "b")]
    [InlineData("AB", "Ab", "AB", "b", false, "b fails only sometimes at the base commit", "", "b")]
    [InlineData("Abc", "ABc", "ABC", "", true, "1 failing test now passes, 1 other test still passes", "c", "b")]
    [InlineData("Abc", "ABc", "AbC", "", true, "1 failing test now passes", "c", "b")]
    [InlineData("Abc", "ABc", "ABC", "b", false, "b fails only sometimes", "c", "b")]
    [InlineData("Abc", "ABc", "ABC", "c", true, "now passes", "c", "b")]
    [InlineData("Abc", "ABc", "ABC", "cb", true, "now passes", "c", "b")]
    [InlineData("Abc", "ABc", "aBC", "", false, "breaks a", "c", "b")]
    [InlineData("Abc", "bc", "BC", "", true, "2 failing tests now pass", "bc", "a")]
    [InlineData("Abcd", "ABCd", "ABCd", "bc", false, "b, c fail only sometimes", "", "bc")]
    public void Decide_BaseRunsDisagree_CountsForNothing(string one, string two, string after, string targets, bool verified, string reason, string failToPass, string flaky)
    {
        var code = after.Any(char.IsLower) ? 1 : 0;

        var verdict = Judge.Decide(Run(one, one.Any(char.IsLower) ? 1 : 0), Run(two, two.Any(char.IsLower) ? 1 : 0), Run(after, code), Run(after, code), [.. targets.Select(c => c.ToString())]);

        Assert.Equal(verified, verdict.Verified);
        Assert.Contains(reason, verdict.Reason, StringComparison.Ordinal);
        Assert.Equal(failToPass, string.Concat(verdict.FailToPass));
        Assert.Equal(flaky, string.Concat(verdict.Flaky));
    }

    [Fact]
    public void Decide_CommandWithoutReportPassesTheSecondTimeAtTheBase_IsNoProof()
    {
        var verdict = Judge.Decide(Run("", 1), Run("", 0), Run("", 0), Run("", 0), []);
        Assert.Equal((false, "the test command fails only sometimes at the base commit"), (verdict.Verified, verdict.Reason));
        Assert.Contains("only one of two runs", Judge.Decide(Run("Ab", 1), Run("", 1), Run("AB", 0), Run("AB", 0), []).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ABCD", 0, true, "b did not come to an end at the base commit", "b")]
    [InlineData("ABCd", 1, false, "brings failing tests: d", "b")]
    [InlineData("AbCD", 1, false, "still failing with the patch: b", "")]
    [InlineData("aBCD", 1, false, "breaks a", "b")]
    [InlineData("ABCD", 1, false, "exit code 1", "b")]
    [InlineData("AbCD", 0, false, "still failing", "")]
    public void Decide_TestNeverEndsAtTheBase_CountsAsFailingAndTheRestAsNotRun(string after, int code, bool verified, string reason, string failToPass)
    {
        foreach (var limit in (string?[])["the command ran longer than 1 s and was stopped", null])
        {
            var before = Run("Ab", 137) with { Limit = limit };
            before = before with { Report = before.Report! with { Unended = ["b"] } };
            Assert.Null(Judge.WhyBaseIsUnfit(before, "cmd"));

            var verdict = Judge.Decide(before, before, Run(after, code), Run(after, code), []);

            Assert.Equal(verified, verdict.Verified);
            Assert.Contains(reason, verdict.Reason, StringComparison.Ordinal);
            Assert.Equal(failToPass, string.Concat(verdict.FailToPass));
        }
    }

    [Fact]
    public void Decide_TestEndsInOneOfTwoBaseRuns_IsFlakyAndWhatCameAfterItIsKnown()
    {
        var hung = Run("Ab", 137) with { Limit = "stopped" };
        hung = hung with { Report = hung.Report! with { Unended = ["b"] } };

        var verdict = Judge.Decide(hung, Run("ABCd", 1), Run("ABcD", 1), Run("ABcD", 1), []);

        Assert.Equal(["b"], verdict.Flaky);
        Assert.Equal(["c"], verdict.Broken); // it passed in the run that reached it
        Assert.Empty(verdict.FailToPass); // d was seen failing only once
    }

    [Theory]
    [InlineData("t/test_x.py", "t/test_x.py::A", "t/test_x.py::A", 0, true, "t/test_x.py::a")]
    [InlineData("t/test_x.py", "t/test_x.py::A -t/test_x.py::B", "t/test_x.py::A -t/test_x.py::B", 0, true, "t/test_x.py::a")]
    [InlineData("t/test_x.py", "t/test_x.py::A t/test_x.py::b", "t/test_x.py::A t/test_x.py::b", 1, false, "")]
    [InlineData("t/test_x.py", "t/test_x.py::A", "t/test_x.py::a", 1, false, "")]
    [InlineData("t/test_x.py", "-t/test_x.py::A", "-t/test_x.py::A", 0, false, "")]
    [InlineData("t/test_x.py", "t/test_x.pyx::A", "t/test_x.pyx::A", 0, false, "")]
    [InlineData("t/test_x.py", "t/test_x.py::A t/test_x.py", "t/test_x.py::A t/test_x.py", 1, false, "")]
    [InlineData("t/test_x.py", "OTHER", "OTHER", 0, false, "")]
    [InlineData("t/test_x.py", "t/test_x.py::A", "t/test_x.py::A", 1, false, "t/test_x.py::a")]
    [InlineData("unittest.loader._FailedTest.test_x", "t.test_x.T.A", "t.test_x.T.A", 0, true, "t.test_x.T.a")]
    [InlineData("unittest.loader._FailedTest.test_x", "t.test_xx.T.A", "t.test_xx.T.A", 0, false, "")]
    public void Decide_FileCouldNotBeImported_ItsTestsGoFromFailingToPassing(string file, string first, string second, int code, bool verified, string failToPass)
    {
        var before = Files($"OK {file}", 2);

        var verdict = Judge.Decide(before, before, Files($"OK {first}", code), Files($"OK {second}", code), [file]);

        Assert.Equal(verified, verdict.Verified);
        Assert.Equal(failToPass, string.Concat(verdict.FailToPass));
    }

    [Fact]
    public void Decide_TestKnownFromTheBase_ProvesNothingForAFileThatWasNotImported()
    {
        var before = Files("q.test_x.T.A unittest.loader._FailedTest.test_x", 1);
        Assert.False(Judge.Decide(before, before, Files("q.test_x.T.A", 0), Files("q.test_x.T.A", 0), []).Verified);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Ab")]
    public void WhyBaseIsUnfit_StoppedWithoutARunningTest_SaysSo(string before) => Assert.Equal(
        "the test command was stopped at the base commit: the command ran longer than 1 s and was stopped",
        Judge.WhyBaseIsUnfit(Run(before, 137) with { Limit = "the command ran longer than 1 s and was stopped" }, "cmd"));

    [Theory]
    [InlineData("AB", 0, "passes already")]
    [InlineData("", 0, "passes already")]
    [InlineData("Ab", 0, "although tests fail")]
    [InlineData("", 127, "cannot be run: not found")]
    [InlineData("Ab", 1, null)]
    [InlineData("", 2, null)]
    [InlineData("Ab", 137, null)]
    public void WhyBaseIsUnfit_Run_SaysWhy(string before, int code, string? reason)
    {
        var why = Judge.WhyBaseIsUnfit(Run(before, code), "cmd");
        Assert.Equal(reason is null, why is null);
        Assert.Contains(reason ?? "", why ?? "", StringComparison.Ordinal);
    }

    /// <summary>Words are tests: the last letter tells.</summary>
    private static TestRun Files(string tests, int code) => new(
        new EvidenceCommand("phase", "cmd", code, TimeSpan.FromSeconds(1), TimedOut: false, ""),
        new TestReport(
            tests.Split(' ').ToDictionary(
                test => test[^1] == 'y' ? test : test.TrimStart('-')[..^1] + char.ToLowerInvariant(test[^1]),
                test => test[0] == '-' ? TestOutcome.Skipped : char.IsUpper(test[^1]) ? TestOutcome.Passed : TestOutcome.Error,
                StringComparer.Ordinal),
            Collected: null,
            Session: null),
        Limit: null);

    internal static TestRun Run(string tests, int code)
    {
        var outcomes = new Dictionary<string, TestOutcome>(StringComparer.Ordinal);
        for (var i = 0; i < tests.Length; i++)
        {
            var skipped = tests[i] == '-';
            i += skipped ? 1 : 0;
            outcomes[char.ToLowerInvariant(tests[i]).ToString()] = skipped ? TestOutcome.Skipped : char.IsUpper(tests[i]) ? TestOutcome.Passed : TestOutcome.Failed;
        }

        return new TestRun(
            new EvidenceCommand("phase", "cmd", code, TimeSpan.FromSeconds(1), TimedOut: false, "not found"),
            outcomes.Count == 0 ? null : new TestReport(outcomes, Collected: null, Session: null),
            Limit: null);
    }
}
