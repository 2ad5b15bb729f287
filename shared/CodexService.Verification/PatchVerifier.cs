using System.Text;
using CodexService.Repositories.Patches;
using CodexService.Sandbox;
using CodexService.Verification.Judging;
using CodexService.Verification.Reporting;

namespace CodexService.Verification;

/// <summary>
/// Proves a patch in two fresh sandboxes side by side: one stays at the base commit, the other gets the patch; each runs the
/// tests twice. Thread-safe.
/// </summary>
public sealed class PatchVerifier : IPatchVerifier
{
    private const string Before = EvidenceCommand.Before;
    private const string After = EvidenceCommand.After;
    private const string ApplyCommand = "git apply --whitespace=nowarn -";

    private const double Patience = 3;

    // How long the base may run on, at the least, when the same command has ended with the patch.
    private static readonly TimeSpan LeastPatience = TimeSpan.FromSeconds(10);

    /// <summary>The clock of the patience with a base that runs on.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;

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
        var log = new EvidenceLog(request.Finished);
        var firstAfter = new TaskCompletionSource<TestRun?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var network = new NetworkWatch(request);
        var after = RunAfterAsync(network.After, check.Files, log, firstAfter, stopAfter.Token);
        Verdict verdict;
        IReadOnlyList<ChangedFile> changedTests = [];
        try
        {
            verdict = await JudgeAsync(network.Before, log, after, firstAfter.Task, cancellationToken);
        }
        finally
        {
            // Whatever happened on the base's side, the other sandbox does not outlive this call, and no command of it is
            // recorded afterwards.
            await stopAfter.CancelAsync();
            var side = await Task.WhenAny(after);
            if (side.IsCompletedSuccessfully)
            {
                changedTests = (await side).ChangedTests;
                await (await side).DisposeAsync();
            }
        }

        return TestChanges.Tell(verdict.With(log.Commands), changedTests) with { Network = network.Evidence };
    }

    private async Task<Verdict> JudgeAsync(
        VerificationRequest request, EvidenceLog log, Task<PatchedSide> after, Task<TestRun?> firstAfter, CancellationToken cancellationToken)
    {
        await using var sandbox = await request.OpenSandbox(cancellationToken);
        var mayPass = request.BaseMayPass || request.Merge is not null;
        var runner = await TestRunner.CreateAsync(sandbox, cancellationToken);
        request.Progress.Report("running the tests at the base commit");
        var before = await RunBaseAsync(runner, request, earlier: null, firstAfter, cancellationToken);
        log.Add(before.Evidence);
        if (before.Limit is not null && firstAfter.IsCompleted && await firstAfter is null && (await after).ApplyError is { } early)
        {
            return DoesNotApply(early);
        }

        if (Judge.WhyBaseIsUnfit(before, request.TestCommand, mayPass) is { } unfit)
        {
            return Verdict.No(MissingPiece.Explain(unfit, before));
        }

        request.Progress.Report("running the tests at the base commit once more");
        var again = await RunBaseAsync(runner, request, before, firstAfter, cancellationToken);
        log.Add(again.Evidence);
        var (targets, alone) = Targets(before, again, request.TargetTests, sandbox.Workspace);
        var aloneBefore = alone is null ? null : await runner.RunAsync(Before, alone.CommandLine, alone.Folder, request.TestTimeout, CancellationToken.None, cancellationToken);

        var patched = await after;
        if (patched.ApplyError is { } error)
        {
            return DoesNotApply(error);
        }

        var verdict = Judge.Decide(before, again, patched.First!, patched.Second!, request.TargetTests, mayPass, request.Merge?.Repaired);
        verdict = verdict.Verified ? verdict : verdict with { Reason = MissingPiece.Explain(verdict.Reason, patched.First!) };
        request.Progress.Report(verdict.Reason);
        if (verdict.Verified && Shows(aloneBefore, targets))
        {
            // Alone, tests can miss what the full command sets up; only a pair of runs that really ran them is evidence.
            var aloneAfter = await patched.Runner!.RunAsync(After, alone!.CommandLine, alone.Folder, request.TestTimeout, CancellationToken.None, cancellationToken);
            if (Shows(aloneAfter, targets))
            {
                log.Add(aloneBefore!.Evidence);
                log.Add(aloneAfter.Evidence);
            }
        }

        return verdict;
    }

    private static Verdict DoesNotApply(string error) => Verdict.No($"the patch does not apply to the base commit: {error}");

    /// <summary>The targets that fail at the base, and the command for them alone; none when one of them does not end.</summary>
    private static (string[] Targets, TargetCommand? Alone) Targets(TestRun before, TestRun again, IReadOnlyList<string> wanted, string workspace)
    {
        if (before.Report is null || again.Report is null)
        {
            return ([], null);
        }

        var known = BaseTests.Of(before, again);
        string[] targets = [.. wanted.Count > 0 ? wanted.Intersect(known.Failing, StringComparer.Ordinal) : known.Failing];
        return (targets, known.Unended.Overlaps(targets) ? null : TargetCommand.For(before.Report.Session, workspace, targets));
    }

    /// <summary>One run at the base; see <see cref="VerificationRequest.TestTimeout"/> for how long it may take.</summary>
    private async Task<TestRun> RunBaseAsync(
        TestRunner runner, VerificationRequest request, TestRun? earlier, Task<TestRun?> firstAfter, CancellationToken cancellationToken)
    {
        using var stop = new CancellationTokenSource(Timeout.InfiniteTimeSpan, Time);
        var run = runner.RunAsync(Before, request.TestCommand, folder: null, request.TestTimeout, stop.Token, cancellationToken);
        if (await Task.WhenAny((Task)run, firstAfter) == firstAfter && !run.IsCompleted)
        {
            // No run when the patch did not apply or its sandbox failed: nothing is left to prove.
            var patched = await firstAfter;
            var usual = new[] { patched, earlier }.Where(other => other is { Limit: null }).Select(other => other!.Evidence.Duration).DefaultIfEmpty().Max();
            var patience = TimeSpan.FromTicks(Math.Max(LeastPatience.Ticks, (usual * Patience).Ticks));
            stop.CancelAfter(patience);
        }

        return await run;
    }

    private static bool Shows(TestRun? run, IReadOnlyList<string> targets) =>
        run?.Report is { } report && run.Limit is null && targets.Any(report.Outcomes.ContainsKey);

    private static async Task<PatchedSide> RunAfterAsync(
        VerificationRequest request, IReadOnlyList<PatchedFile> files, EvidenceLog log, TaskCompletionSource<TestRun?> firstEnded, CancellationToken cancellationToken)
    {
        ISandbox? sandbox = null;
        try
        {
            sandbox = await request.OpenSandbox(cancellationToken);
            var applied = await sandbox.RunAsync(
                new SandboxCommand(ApplyCommand) { StandardInput = new MemoryStream(Encoding.UTF8.GetBytes(request.Patch), writable: false) },
                cancellationToken);
            log.Add(TestRunner.Record(After, ApplyCommand, applied));
            if (!applied.Succeeded)
            {
                return new PatchedSide(sandbox, applied.Error ?? SandboxScript.LastLine(applied.StandardErrorText), Runner: null, First: null, Second: null);
            }

            var changedTests = await TestChanges.FindAsync(sandbox, files, cancellationToken);
            var runner = await TestRunner.CreateAsync(sandbox, cancellationToken);
            request.Progress.Report("running the tests with the patch");
            var first = await RunAsync(runner);
            firstEnded.TrySetResult(first);
            request.Progress.Report("running the tests with the patch once more");
            return new PatchedSide(sandbox, ApplyError: null, runner, first, await RunAsync(runner)) { ChangedTests = changedTests };
        }
        catch
        {
            if (sandbox is not null)
            {
                await sandbox.DisposeAsync();
            }

            throw;
        }
        finally
        {
            firstEnded.TrySetResult(null);
        }

        async Task<TestRun> RunAsync(TestRunner runner)
        {
            var run = await runner.RunAsync(After, request.TestCommand, folder: null, request.TestTimeout, CancellationToken.None, cancellationToken);
            log.Add(run.Evidence);
            return run;
        }
    }

    /// <summary>The sandbox with the patch and what ran in it.</summary>
    private sealed record PatchedSide(ISandbox Sandbox, string? ApplyError, TestRunner? Runner, TestRun? First, TestRun? Second) : IAsyncDisposable
    {
        /// <summary>Files of tests and their settings that the patch changes.</summary>
        public IReadOnlyList<ChangedFile> ChangedTests { get; init; } = [];

        public ValueTask DisposeAsync() => Sandbox.DisposeAsync();
    }
}
