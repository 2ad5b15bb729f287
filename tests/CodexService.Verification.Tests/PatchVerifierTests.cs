using CodexService.Sandbox;
using CodexService.Testing;

namespace CodexService.Verification.Tests;

public sealed class PatchVerifierTests
{
    [Fact]
    public async Task Verify_PatchFixesTheBug_IsVerifiedWithEvidence()
    {
        using var repository = await SampleProject.CreateAsync();

        var result = await VerifyAsync(repository, await repository.PatchAsync(("calc.py", SampleProject.Fixed)));

        Assert.True(result.Verified, result.Reason);
        Assert.Equal(["test_calc.TestCalc.test_add"], result.FailToPass);
        Assert.Equal(2, result.PassToPass);
        Assert.Equal(
            [("before", 1), ("before", 1), ("after", 0), ("after", 0), ("after", 0), ("after", 0)],
            result.Commands.Select(command => (command.Phase, command.ExitCode)));
        Assert.Equal(SampleProject.Command, result.Commands[0].Command);
        Assert.Contains("test_calc.TestCalc.test_add", result.Commands[1].Command, StringComparison.Ordinal);
        Assert.Equal("git apply --whitespace=nowarn -", result.Commands[2].Command);
        Assert.Contains("FAILED (failures=1)", result.Commands[0].Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_PatchBreaksAnotherTest_IsRefuted()
    {
        using var repository = await SampleProject.CreateAsync();
        var patch = await repository.PatchAsync(("calc.py", SampleProject.Fixed.Replace("a * b", "a / (b - 3)", StringComparison.Ordinal)));

        var result = await VerifyAsync(repository, patch);

        Assert.False(result.Verified);
        Assert.Equal(["test_calc.TestCalc.test_mul", "test_calc.TestCalc.test_zero"], result.Broken);
        Assert.Contains("breaks", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_PatchForgesItsReport_ExitCodeRefutesIt()
    {
        // The code under test rewrites the report while the tests run: everything passed, it says.
        using var repository = await SampleProject.CreateAsync();
        const string Forge = """


            import atexit, glob, os
            def forge():
                for path in glob.glob(os.environ.get("TMPDIR", "/tmp") + "/codex-tests-*/report-*.jsonl"):
                    with open(path, "w") as file:
                        for name in ("test_add", "test_mul", "test_zero"):
                            file.write('{"id": "test_calc.TestCalc.%s", "outcome": "passed", "seconds": 0, "message": ""}\n' % name)
            atexit.register(forge)

            """;
        var patch = await repository.PatchAsync(("calc.py", SampleProject.Buggy + Forge.ReplaceLineEndings("\n")));

        var result = await VerifyAsync(repository, patch);

        Assert.False(result.Verified);
        Assert.Contains("exit code 1", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_FlakyPatch_IsRefuted()
    {
        using var repository = await SampleProject.CreateAsync();
        var flaky = SampleProject.Fixed + "\n\nimport os\nif os.path.exists('ran'):\n    add = None\nopen('ran', 'w').close()\n";

        var result = await VerifyAsync(repository, await repository.PatchAsync(("calc.py", flaky)));

        Assert.False(result.Verified);
        Assert.Equal(["test_calc.TestCalc.test_add"], result.Flaky);
    }

    [Fact]
    public async Task Verify_TestsPassAlready_SaysSoAndStopsEarly()
    {
        using var repository = await SampleProject.CreateAsync(SampleProject.Fixed);

        var result = await VerifyAsync(repository, await repository.PatchAsync(("calc.py", SampleProject.Fixed + "\n# x\n")));

        Assert.False(result.Verified);
        Assert.Contains("nothing to repair", result.Reason, StringComparison.Ordinal);
        Assert.Equal("before", Assert.Single(result.Commands).Phase);
    }

    [Fact]
    public async Task Verify_CommandDoesNotExist_SaysSo()
    {
        using var repository = await SampleProject.CreateAsync();
        var result = await VerifyAsync(repository, await repository.PatchAsync(("calc.py", SampleProject.Fixed)), "no-such-command --test");
        Assert.False(result.Verified);
        Assert.Contains("'no-such-command --test' cannot be run", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_CommandNeverEnds_IsStoppedAndSaysSo()
    {
        using var repository = await SampleProject.CreateAsync();
        var result = await VerifyAsync(repository, await repository.PatchAsync(("calc.py", SampleProject.Fixed)), "sleep 600", timeout: TimeSpan.FromMilliseconds(500));
        Assert.False(result.Verified);
        Assert.Contains("was stopped at the base commit", result.Reason, StringComparison.Ordinal);
        Assert.True(result.Commands[0].TimedOut);
    }

    [Fact]
    public async Task Verify_CommandWithoutReports_IsJudgedByExitCodes()
    {
        using var repository = await TestRepository.CreateAsync(("value", "1\n"), ("Makefile", "test:\n\tgrep -q 2 value\n"));
        var patch = await repository.PatchAsync(("value", "2\n"));

        var result = await VerifyAsync(repository, patch, "make -s test");

        Assert.True(result.Verified, result.Reason);
        Assert.Empty(result.FailToPass);
        Assert.Contains("passed twice", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_OnlyTheTargetsCount_WhenOthersFailedBefore()
    {
        using var repository = await SampleProject.CreateAsync(SampleProject.Buggy.Replace("a * b", "a ** b", StringComparison.Ordinal));
        var patch = await repository.PatchAsync(("calc.py", SampleProject.Fixed.Replace("a * b", "a ** b", StringComparison.Ordinal)));

        var aimed = await VerifyAsync(repository, patch, targets: ["test_calc.TestCalc.test_add"]);
        var all = await VerifyAsync(repository, patch);

        Assert.True(aimed.Verified, aimed.Reason);
        Assert.Equal(["test_calc.TestCalc.test_mul"], aimed.StillFailing);
        Assert.False(all.Verified);
        Assert.Contains("still failing", all.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("diff --git a/.git/hooks/x b/.git/hooks/x\nnew file mode 100755\nindex 0000000..1111111\n--- /dev/null\n+++ b/.git/hooks/x\n@@ -0,0 +1 @@\n+x\n", "git's own files")]
    public async Task Verify_RefusedPatch_RunsNothing(string patch, string reason)
    {
        var result = await new PatchVerifier().VerifyAsync(
            new VerificationRequest(_ => throw new InvalidOperationException("no sandbox is needed"), patch, "x", [], TimeSpan.FromSeconds(1), new Progress<string>()), default);
        Assert.False(result.Verified);
        Assert.Contains(reason, result.Reason, StringComparison.Ordinal);
        Assert.Empty(result.Commands);
    }

    [Fact]
    public async Task Verify_PatchDoesNotApply_SaysSo()
    {
        using var repository = await SampleProject.CreateAsync();
        var patch = (await repository.PatchAsync(("calc.py", SampleProject.Fixed))).Replace("-    return a - b", "-    return b - a", StringComparison.Ordinal);
        var result = await VerifyAsync(repository, patch);
        Assert.False(result.Verified);
        Assert.Contains("does not apply", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_SandboxFails_DisposesTheOtherOne()
    {
        using var repository = await SampleProject.CreateAsync();
        var patch = await repository.PatchAsync(("calc.py", SampleProject.Fixed));
        var opened = new List<LocalProcessSandbox>();
        var calls = 0;

        await Assert.ThrowsAsync<SandboxException>(() => new PatchVerifier().VerifyAsync(
            new VerificationRequest(OpenAsync, patch, SampleProject.Command, [], TimeSpan.FromMinutes(1), new Progress<string>()), default));

        Assert.All(opened, sandbox => Assert.False(Directory.Exists(sandbox.Workspace)));

        async Task<ISandbox> OpenAsync(CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref calls) == 2)
            {
                throw new SandboxException("the engine is gone");
            }

            var sandbox = await SampleProject.OpenAsync(repository);
            opened.Add(sandbox);
            return sandbox;
        }
    }

    private static async Task<VerificationResult> VerifyAsync(
        TestRepository repository, string patch, string command = SampleProject.Command, IReadOnlyList<string>? targets = null, TimeSpan? timeout = null)
    {
        var opened = new System.Collections.Concurrent.ConcurrentBag<LocalProcessSandbox>();
        var result = await new PatchVerifier().VerifyAsync(
            new VerificationRequest(
                async _ =>
                {
                    var sandbox = await SampleProject.OpenAsync(repository);
                    opened.Add(sandbox);
                    return sandbox;
                },
                patch,
                command,
                targets ?? [],
                timeout ?? TimeSpan.FromMinutes(1),
                new Progress<string>()),
            default);
        Assert.All(opened, sandbox => Assert.False(Directory.Exists(sandbox.Workspace), "a sandbox was left behind"));
        return result;
    }
}
