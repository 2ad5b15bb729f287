using CodexService.Testing;

namespace CodexService.Verification.Tests;

/// <summary>The resolution of a merge is a patch on a tree with conflict markers, and is compared with the base branch's tip.</summary>
public sealed class MergeVerificationTests
{
    private const string Add = "test_calc.TestCalc.test_add";
    private const string Marked = "def add(a, b):\n<<<<<<< ours\n    return a + b\n=======\n    return float(a - b)\n>>>>>>> theirs\n\n\ndef mul(a, b):\n    return a * b\n";
    private static readonly string Theirs = SampleProject.Buggy.Replace("a - b", "float(a - b)", StringComparison.Ordinal);

    [Theory]
    [InlineData("float(a + b)", true, "2 tests of the base branch still pass, 1 test that fails there passes, in two runs")]
    [InlineData("float(a - b)", false, $"the resolution loses what the pull request had repaired: {Add}")]
    public async Task Verify_Resolution_IsJudgedAgainstTheTip(string body, bool verified, string reason)
    {
        using var merge = await SampleProject.CreateAsync(Marked);
        using var tip = await SampleProject.CreateAsync(Theirs);

        var result = await VerifyAsync(merge, tip, SampleProject.Buggy.Replace("a - b", body, StringComparison.Ordinal));

        Assert.Equal((verified, reason), (result.Verified, result.Reason));
        Assert.Equal(verified ? [Add] : [], result.FailToPass);
        Assert.Empty(result.Broken);
    }

    [Fact]
    public async Task Verify_TestThatPassesAtTheTip_MustPassStill()
    {
        using var merge = await SampleProject.CreateAsync(Marked);
        using var tip = await SampleProject.CreateAsync(Theirs);

        var result = await VerifyAsync(merge, tip, SampleProject.Fixed.Replace("a * b", "a / 0", StringComparison.Ordinal));

        Assert.False(result.Verified);
        Assert.Equal(["test_calc.TestCalc.test_mul", "test_calc.TestCalc.test_zero"], result.Broken);
    }

    private static async Task<VerificationResult> VerifyAsync(TestRepository merge, TestRepository tip, string resolved) =>
        await new PatchVerifier { Time = new TestClock() }.VerifyAsync(
            new VerificationRequest(
                async _ => await SampleProject.OpenAsync(merge),
                await merge.PatchAsync(("calc.py", resolved)),
                SampleProject.Command,
                [],
                TimeSpan.FromMinutes(3),
                new Progress<string>())
            {
                Merge = new MergeReference(async _ => await SampleProject.OpenAsync(tip), [Add]),
            },
            default);
}
