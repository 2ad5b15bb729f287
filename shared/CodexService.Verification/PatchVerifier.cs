using System.Text;
using CodexService.Repositories.Patches;
using CodexService.Sandbox;
using CodexService.Verification.Judging;
using CodexService.Verification.Reporting;

namespace CodexService.Verification;

/// <summary>
/// Proves a patch in two fresh sandboxes side by side: one stays at the base commit, the other gets the patch. Thread-safe.
/// </summary>
public sealed class PatchVerifier : IPatchVerifier
{
    private const string Before = "before";
    private const string After = "after";
    private const string ApplyCommand = "git apply --whitespace=nowarn -";

    /// <inheritdoc/>
    public async Task<VerificationResult> VerifyAsync(VerificationRequest request, CancellationToken cancellationToken)
    {
        if (request.Patch.Length == 0)
        {
            return Verdict.No("the patch is empty").With([]);
        }

        var check = PatchPolicy.Check(request.Patch);
        if (!check.Allowed)
        {
            return Verdict.No($"the patch is refused: {check.Reason}").With([]);
        }

        using var stopAfter = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var after = RunAfterAsync(request, stopAfter.Token);
        try
        {
            return await JudgeAsync(request, after, stopAfter, cancellationToken);
        }
        finally
        {
            // Whatever happened on the base's side, the other sandbox does not outlive this call.
            await stopAfter.CancelAsync();
            var side = await Task.WhenAny(after);
            if (side.IsCompletedSuccessfully)
            {
                await (await side).DisposeAsync();
            }
        }
    }

    private static async Task<VerificationResult> JudgeAsync(
        VerificationRequest request, Task<PatchedSide> after, CancellationTokenSource stopAfter, CancellationToken cancellationToken)
    {
        await using var sandbox = await request.OpenSandbox(cancellationToken);
        var runner = await TestRunner.CreateAsync(sandbox, cancellationToken);
        request.Progress.Report("running the tests at the base commit");
        var before = await runner.RunAsync(Before, request.TestCommand, folder: null, request.TestTimeout, cancellationToken);
        if (Judge.WhyBaseIsUnfit(before, request.TestCommand) is { } unfit)
        {
            await stopAfter.CancelAsync();
            return Verdict.No(unfit).With([before.Evidence]);
        }

        var failing = before.Report?.Failing.ToArray() ?? [];
        var targets = request.TargetTests.Count > 0 ? request.TargetTests.Intersect(failing, StringComparer.Ordinal).ToArray() : failing;
        var alone = TargetCommand.For(before.Report?.Session, sandbox.Workspace, targets);
        var aloneBefore = alone is null ? null : await runner.RunAsync(Before, alone.CommandLine, alone.Folder, request.TestTimeout, cancellationToken);

        var patched = await after;
        if (patched.ApplyError is { } error)
        {
            return Verdict.No($"the patch does not apply to the base commit: {error}").With([before.Evidence, patched.Apply]);
        }

        var verdict = Judge.Decide(before, patched.First!, patched.Second!, request.TargetTests);
        request.Progress.Report(verdict.Reason);
        var commands = new List<EvidenceCommand> { before.Evidence };
        var aloneAfter = verdict.Verified && Shows(aloneBefore, targets)
            ? await patched.Runner!.RunAsync(After, alone!.CommandLine, alone.Folder, request.TestTimeout, cancellationToken)
            : null;

        // Alone, tests can miss what the full command sets up; only a pair of runs that really ran them is evidence.
        var pair = Shows(aloneAfter, targets);
        if (pair)
        {
            commands.Add(aloneBefore!.Evidence);
        }

        commands.AddRange([patched.Apply, patched.First!.Evidence, patched.Second!.Evidence]);
        if (pair)
        {
            commands.Add(aloneAfter!.Evidence);
        }

        return verdict.With(commands);
    }

    private static bool Shows(TestRun? run, IReadOnlyList<string> targets) =>
        run?.Report is { } report && run.Limit is null && targets.Any(report.Outcomes.ContainsKey);

    private static async Task<PatchedSide> RunAfterAsync(VerificationRequest request, CancellationToken cancellationToken)
    {
        var sandbox = await request.OpenSandbox(cancellationToken);
        try
        {
            var applied = await sandbox.RunAsync(
                new SandboxCommand(ApplyCommand) { StandardInput = new MemoryStream(Encoding.UTF8.GetBytes(request.Patch), writable: false) },
                cancellationToken);
            var apply = TestRunner.Record(After, ApplyCommand, applied);
            if (!applied.Succeeded)
            {
                return new PatchedSide(sandbox, apply, applied.Error ?? SandboxScript.LastLine(applied.StandardErrorText), Runner: null, First: null, Second: null);
            }

            var runner = await TestRunner.CreateAsync(sandbox, cancellationToken);
            request.Progress.Report("running the tests with the patch");
            var first = await runner.RunAsync(After, request.TestCommand, folder: null, request.TestTimeout, cancellationToken);
            request.Progress.Report("running the tests with the patch once more");
            var second = await runner.RunAsync(After, request.TestCommand, folder: null, request.TestTimeout, cancellationToken);
            return new PatchedSide(sandbox, apply, ApplyError: null, runner, first, second);
        }
        catch
        {
            await sandbox.DisposeAsync();
            throw;
        }
    }

    /// <summary>The sandbox with the patch and what ran in it.</summary>
    private sealed record PatchedSide(ISandbox Sandbox, EvidenceCommand Apply, string? ApplyError, TestRunner? Runner, TestRun? First, TestRun? Second) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Sandbox.DisposeAsync();
    }
}
