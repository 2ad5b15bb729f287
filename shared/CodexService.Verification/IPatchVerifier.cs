using CodexService.Sandbox;

namespace CodexService.Verification;

/// <summary>
/// Proves a patch in a fresh sandbox: the base commit with nothing but the patch applied, the tests run before it once
/// and after it twice. The verdict comes from recorded exit codes and per-test results alone.
/// </summary>
public interface IPatchVerifier
{
    /// <summary>Runs the proof. Test failures are part of the result; exceptions mean that the sandbox failed.</summary>
    /// <exception cref="SandboxException">The engine failed.</exception>
    Task<VerificationResult> VerifyAsync(VerificationRequest request, CancellationToken cancellationToken);
}

/// <summary>What is to be proved.</summary>
/// <param name="OpenSandbox">Creates a fresh sandbox that holds the repository at the base commit.</param>
/// <param name="Patch">The unified diff, as exported by <c>git diff --binary</c>; hostile input.</param>
/// <param name="TestCommand">The command that proves the change.</param>
/// <param name="TargetTests">Tests that must go from failing to passing; empty means every test that fails at the base.</param>
/// <param name="TestTimeout">Wall clock of one run of the test command.</param>
/// <param name="Progress">One line per step, for people.</param>
public sealed record VerificationRequest(
    Func<CancellationToken, Task<ISandbox>> OpenSandbox,
    string Patch,
    string TestCommand,
    IReadOnlyList<string> TargetTests,
    TimeSpan TestTimeout,
    IProgress<string> Progress);

/// <summary>The proof.</summary>
/// <param name="Verified">True only when every target test passes in every run, nothing that passed before fails, and no run was flaky.</param>
/// <param name="Reason">One line: why it is verified, or why not.</param>
/// <param name="FailToPass">Ids of tests that failed at the base and pass with the patch.</param>
/// <param name="PassToPass">How many tests passed before and pass still.</param>
/// <param name="Broken">Ids of tests that passed before and fail with the patch.</param>
/// <param name="StillFailing">Ids of tests that failed before and fail still.</param>
/// <param name="Flaky">Ids of tests whose two runs with the patch disagree.</param>
/// <param name="Commands">Every command that was run, in order.</param>
public sealed record VerificationResult(
    bool Verified,
    string Reason,
    IReadOnlyList<string> FailToPass,
    int PassToPass,
    IReadOnlyList<string> Broken,
    IReadOnlyList<string> StillFailing,
    IReadOnlyList<string> Flaky,
    IReadOnlyList<EvidenceCommand> Commands);

/// <summary>One recorded command.</summary>
/// <param name="Phase">When it ran: <c>before</c> (base commit) or <c>after</c> (with the patch).</param>
/// <param name="Command">The command line as it was run.</param>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Duration">Wall clock.</param>
/// <param name="TimedOut">Whether the timeout ended it.</param>
/// <param name="Output">stdout and stderr as text, at most 256 KiB, cut in the middle with the cut announced.</param>
public sealed record EvidenceCommand(
    string Phase,
    string Command,
    int ExitCode,
    TimeSpan Duration,
    bool TimedOut,
    string Output);
