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
        var verdict = Judge.Decide(Run(before, beforeCode), Run(first, firstCode), Run(second, secondCode), target.Length == 0 ? [] : [target]);

        Assert.Equal(verified, verdict.Verified);
        Assert.Contains(reason, verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_IncompleteRun_IsNoProof()
    {
        var incomplete = Run("AB", 0) with { Report = Run("AB", 0).Report! with { Collected = 3 } };
        var verdict = Judge.Decide(Run("Ab", 1), incomplete, incomplete, []);
        Assert.False(verdict.Verified);
        Assert.Contains("not every selected test ran", verdict.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AB", 0, "passes already")]
    [InlineData("", 0, "passes already")]
    [InlineData("Ab", 0, "although tests fail")]
    [InlineData("", 127, "cannot be run: not found")]
    [InlineData("Ab", 1, null)]
    [InlineData("", 2, null)]
    public void WhyBaseIsUnfit_Run_SaysWhy(string before, int code, string? reason)
    {
        var why = Judge.WhyBaseIsUnfit(Run(before, code), "cmd");
        Assert.Equal(reason is null, why is null);
        Assert.Contains(reason ?? "", why ?? "", StringComparison.Ordinal);
    }

    private static TestRun Run(string tests, int code)
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
