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
            [("before", 1), ("before", 1), ("before", 1), ("after", 0), ("after", 0), ("after", 0), ("after", 0)],
            result.Commands.Select(command => (command.Phase, command.ExitCode)));
        Assert.All(result.Commands.Take(2), command => Assert.Equal(SampleProject.Command, command.Command));
        Assert.Contains("test_calc.TestCalc.test_add", result.Commands[2].Command, StringComparison.Ordinal);
        Assert.Equal("git apply --whitespace=nowarn -", result.Commands[3].Command);
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
    public async Task Verify_TestFailsOnlyAtTheFirstRunAtTheBase_ProvesNothing()
    {
        const string Flaky = "\n\nimport os\nif not os.path.exists('ran'):\n    add = None\nopen('ran', 'w').close()\n";
        using var repository = await SampleProject.CreateAsync(SampleProject.Fixed + Flaky);

        var result = await VerifyAsync(repository, await repository.PatchAsync(("calc.py", SampleProject.Fixed)));

        Assert.False(result.Verified);
        Assert.Equal("test_calc.TestCalc.test_add fails only sometimes at the base commit", result.Reason);
        Assert.Equal(["test_calc.TestCalc.test_add"], result.Flaky);
        Assert.Empty(result.FailToPass);
        Assert.Equal([1, 0], result.Commands.Where(command => command.Phase == "before").Select(command => command.ExitCode));
    }

    [Theory]
    [InlineData("    return a + b\n", true)]
    [InlineData("    return a - b\n", false)]
    public async Task Verify_TestFileCannotBeImportedAtTheBase_ItsTestsAreTheProof(string body, bool verified)
    {
        using var repository = await SampleProject.CreateAsync("def mul(a, b):\n    return a * b\n");
        var patch = await repository.PatchAsync(("calc.py", $"def add(a, b):\n{body}\n\ndef mul(a, b):\n    return a * b\n"));

        var result = await VerifyAsync(repository, patch, targets: ["unittest.loader._FailedTest.test_calc"]);

        Assert.Equal(verified, result.Verified);
        Assert.Equal(verified ? ["test_calc.TestCalc.test_add", "test_calc.TestCalc.test_mul", "test_calc.TestCalc.test_zero"] : [], result.FailToPass);
        Assert.Contains(verified ? "3 failing tests now pass" : "still failing with the patch: unittest.loader._FailedTest.test_calc", result.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData($"print('{ImpatientSandbox.Hangs}', flush=True)\n    while True:\n        pass", "b did not come to an end at the base commit", true)]
    [InlineData("import os\n    os._exit(3)", "b did not come to an end at the base commit", false)]
    [InlineData("import os\n    os.kill(os.getpid(), 9)", "b did not come to an end at the base commit", false)]
    public async Task Verify_TestNeverEndsAtTheBase_CountsAsFailing(string body, string reason, bool timedOut)
    {
        const string Tests = "import unittest\nfrom code_ import f\n\n\nclass T(unittest.TestCase):\n    def test_a(self):\n        pass\n\n    def test_b(self):\n        self.assertEqual(f(), 1)\n\n    def test_c(self):\n        pass\n";
        using var repository = await TestRepository.CreateAsync(("code_.py", $"def f():\n    {body}\n"), ("test_code.py", Tests));

        // The attempt's own timeout would outlast this test by far.
        var result = await VerifyAsync(repository, await repository.PatchAsync(("code_.py", "def f():\n    return 1\n")), timeout: TimeSpan.FromHours(1));

        Assert.True(result.Verified, result.Reason);
        Assert.EndsWith(reason, result.Reason, StringComparison.Ordinal);
        Assert.Equal(["test_code.T.test_b"], result.FailToPass);
        Assert.Equal(1, result.PassToPass);
        Assert.Equal([timedOut, timedOut], result.Commands.Where(command => command.Phase == "before").Select(command => command.TimedOut));
    }

    [Theory]
    [InlineData("")]
    [InlineData("os._exit(3)")]
    [InlineData("while True: pass")]
    public async Task Verify_PatchForgesTheTestThatNeverEnded_IsRefuted(string end)
    {
        // At the base the test hangs. With the patch the code claims that every test passed, and then ends as it pleases.
        const string Tests = "import unittest\nfrom code_ import f\n\n\nclass T(unittest.TestCase):\n    def test_b(self):\n        self.assertEqual(f(), 1)\n";
        using var repository = await TestRepository.CreateAsync(("code_.py", $"def f():\n    print('{ImpatientSandbox.Hangs}', flush=True)\n    while True:\n        pass\n"), ("test_code.py", Tests));
        var forged = $$"""
            import glob, os
            def f():
                for path in glob.glob(os.environ.get("TMPDIR", "/tmp") + "/codex-tests-*/report-*.jsonl"):
                    with open(path, "w") as file:
                        file.write('{"id": "test_code.T.test_b", "outcome": "passed", "seconds": 0, "message": ""}\n')
                {{end}}
            """;

        var result = await VerifyAsync(repository, await repository.PatchAsync(("code_.py", forged.ReplaceLineEndings("\n") + "\n")), timeout: TimeSpan.FromSeconds(8));

        Assert.False(result.Verified, result.Reason);
    }

    [Fact]
    public async Task Verify_BaseForgesAReportAndHangs_ThePatchStillHasToPass()
    {
        // The tree claims that a test was running; what counts is what the command does with the patch.
        const string Forge = $"test:\n\tprintf '{{\"started\": \"x\"}}\\n' > $$CODEX_TEST_REPORT; echo {ImpatientSandbox.Hangs}; sleep 3600\n";
        using var repository = await TestRepository.CreateAsync(("Makefile", Forge));
        foreach (var (patched, reason) in new[]
        {
            ("test:\n\ttrue\n", "no readable report"),
            ("test:\n\tprintf '{\"id\": \"x\", \"outcome\": \"passed\"}\\n' > $$CODEX_TEST_REPORT; false\n", "exit code 2"),
            ("test:\n\tprintf '{\"started\": \"x\"}\\n' > $$CODEX_TEST_REPORT\n", "still failing with the patch: x"),
        })
        {
            var result = await VerifyAsync(repository, await repository.PatchAsync(("Makefile", patched)), "make -s test");
            Assert.False(result.Verified);
            Assert.Contains(reason, result.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Verify_PatchForgesTheTestsOfAFileThatIsNotImported_ExitCodeRefutesIt()
    {
        using var repository = await SampleProject.CreateAsync("def mul(a, b):\n    return a * b\n");
        const string Forge = """
            import atexit, glob, os
            def forge():
                for path in glob.glob(os.environ.get("TMPDIR", "/tmp") + "/codex-tests-*/report-*.jsonl"):
                    with open(path, "w") as file:
                        file.write('{"id": "test_calc.TestCalc.test_add", "outcome": "passed", "seconds": 0, "message": ""}\n')
            atexit.register(forge)

            """;

        var result = await VerifyAsync(repository, await repository.PatchAsync(("calc.py", Forge.ReplaceLineEndings("\n"))));

        Assert.False(result.Verified);
        Assert.Contains("exit code 1", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_Commands_AreToldAsTheyFinish()
    {
        using var repository = await SampleProject.CreateAsync();
        var patch = await repository.PatchAsync(("calc.py", SampleProject.Fixed));
        var told = new List<EvidenceCommand>();
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var opened = 0;

        // The second sandbox opens when the first command is known: were they told at the end, there would be no end.
        var result = await new PatchVerifier { Time = new TestClock() }.VerifyAsync(
            new VerificationRequest(OpenAsync, patch, SampleProject.Command, [], TimeSpan.FromMinutes(3), new Progress<string>(), new Told(Hear)), default)
            .WaitAsync(TimeSpan.FromMinutes(3));

        Assert.True(result.Verified, result.Reason);
        Assert.Equal(7, told.Count);
        Assert.Equal("before", told[0].Phase);
        foreach (var phase in (string[])["before", "after"])
        {
            Assert.Equal(result.Commands.Where(command => command.Phase == phase), told.Where(command => command.Phase == phase));
        }

        async Task<ISandbox> OpenAsync(CancellationToken cancellationToken)
        {
            // The side with the patch asks first.
            if (Interlocked.Increment(ref opened) == 1)
            {
                await first.Task.WaitAsync(cancellationToken);
            }

            return await SampleProject.OpenAsync(repository);
        }

        void Hear(EvidenceCommand command)
        {
            told.Add(command);
            first.TrySetResult();
        }
    }

    [Fact]
    public async Task Verify_TestsPassAlready_SaysSoAndStopsEarly()
    {
        using var repository = await SampleProject.CreateAsync(SampleProject.Fixed);

        var result = await VerifyAsync(repository, await repository.PatchAsync(("calc.py", SampleProject.Fixed + "\n# x\n")));

        Assert.False(result.Verified);
        Assert.Contains("nothing to repair", result.Reason, StringComparison.Ordinal);
        Assert.Single(result.Commands, command => command.Phase == "before");
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
        var told = new System.Collections.Concurrent.ConcurrentQueue<EvidenceCommand>();
        var clock = new TestClock();
        var result = await new PatchVerifier { Time = clock }.VerifyAsync(
            new VerificationRequest(
                async _ =>
                {
                    var sandbox = await SampleProject.OpenAsync(repository);
                    opened.Add(sandbox);
                    return new ImpatientSandbox(sandbox, clock);
                },
                patch,
                command,
                targets ?? [],
                timeout ?? TimeSpan.FromMinutes(3),
                new Progress<string>(),
                new Told(told.Enqueue)),
            default);
        Assert.Equal(result.Commands.Count, told.Count);
        Assert.All(opened, sandbox => Assert.False(Directory.Exists(sandbox.Workspace), "a sandbox was left behind"));
        return result;
    }

    private sealed class Told(Action<EvidenceCommand> hear) : IProgress<EvidenceCommand>
    {
        public void Report(EvidenceCommand value) => hear(value);
    }
}
