using CodexService.Verification.Judging;

namespace CodexService.Verification.Tests.Judging;

/// <summary>As <see cref="JudgeTests"/>: upper case passed, lower case failed. What ran before ran at the base branch's tip.</summary>
public sealed class MergeJudgeTests
{
    [Theory]
    [InlineData("Ab", 1, "AB", 0, "", true, "1 test of the base branch still passes, 1 test that fails there passes, in two runs")]
    [InlineData("Ab", 1, "AB", 0, "b", true, "1 test that fails there passes")]
    [InlineData("AB", 0, "AB", 0, "", true, "2 tests of the base branch still pass, in two runs")]
    [InlineData("AB", 0, "ABC", 0, "", true, "2 tests of the base branch still pass")]
    [InlineData("Abc", 1, "ABc", 1, "b", true, "; c fails on the base branch too")]
    [InlineData("Ab", 1, "Ab", 1, "b", false, "the resolution loses what the pull request had repaired: b")]
    [InlineData("AB", 0, "A", 0, "b", false, "the resolution breaks b, which passes on the base branch")]
    [InlineData("AB", 0, "Ab", 1, "", false, "the resolution breaks b, which passes on the base branch")]
    [InlineData("A", 0, "Ac", 1, "", false, "brings failing tests: c")]
    [InlineData("A", 0, "A", 0, "z", true, "1 test of the base branch still passes")]
    [InlineData("Ab", 1, "AB", 1, "", false, "exit code 1")]
    [InlineData("Ab", 1, "Ab", 0, "", false, "ends with exit code 0")]
    [InlineData("a", 1, "a", 1, "", false, "no test passes with the resolution")]
    public void Decide_Resolution_IsComparedWithTheBaseBranch(string tip, int tipCode, string resolved, int resolvedCode, string repaired, bool verified, string reason)
    {
        var (before, after) = (JudgeTests.Run(tip, tipCode), JudgeTests.Run(resolved, resolvedCode));

        var verdict = Judge.Decide(before, before, after, after, [], mayPass: true, repaired.Length == 0 ? [] : [repaired]);

        Assert.True(verified == verdict.Verified, verdict.Reason);
        Assert.Contains(reason, verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_TwoRunsThatDisagree_IsNotVerified()
    {
        var before = JudgeTests.Run("AB", 0);

        var verdict = Judge.Decide(before, before, JudgeTests.Run("AB", 0), JudgeTests.Run("Ab", 1), [], mayPass: true, []);

        Assert.False(verdict.Verified);
        Assert.Contains("two runs with the resolution disagree about b", verdict.Reason, StringComparison.Ordinal);
    }
}
