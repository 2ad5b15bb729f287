using CodexService.Repositories.Patches;
using CodexService.Sandbox;

namespace CodexService.Verification;

/// <summary>
/// Proves a patch in fresh sandboxes at the base commit, one with nothing but the patch applied: the tests run twice without
/// and twice with it. The verdict comes from recorded exit codes and per-test results alone.
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
/// <param name="TargetTests">
/// Tests that must go from failing to passing; empty means every test that fails at the base. Targets that fail only sometimes
/// at the base are left out, unless all do: then nothing can be proved.
/// </param>
/// <param name="TestTimeout">
/// Wall clock of one run of the test command. A run at the base commit gets less once the command has ended with the patch: from
/// then on 10 s, or three times what the patched run (or an earlier run at the base that ended by itself) took if that is more.
/// So a base that hangs does not use up the time; the test that was running then counts as failing.
/// </param>
/// <param name="Progress">One line per step, for people.</param>
/// <param name="Finished">Told of each recorded command as it finishes, one call at a time, from any thread; as many calls as there are commands in the result.</param>
public sealed record VerificationRequest(
    Func<CancellationToken, Task<ISandbox>> OpenSandbox,
    string Patch,
    string TestCommand,
    IReadOnlyList<string> TargetTests,
    TimeSpan TestTimeout,
    IProgress<string> Progress,
    IProgress<EvidenceCommand>? Finished = null)
{
    /// <summary>
    /// Whether the base is a verified change itself, as for a follow-up on a pull request: then its tests may all pass, and the
    /// proof is that they pass still. Default <see langword="false"/>: a base without a failing test proves nothing.
    /// </summary>
    public bool BaseMayPass { get; init; }

    /// <summary>
    /// What the patch is compared with when it resolves a merge, whose tree with conflict markers proves nothing. Default
    /// <see langword="null"/>: the commit that the patch applies to.
    /// </summary>
    public MergeReference? Merge { get; init; }
}

/// <summary>
/// The base branch's tip, with which the resolution of a merge is compared: what passes there has to pass still. What fails there
/// may fail still, unless the pull request had repaired it.
/// </summary>
/// <param name="OpenSandbox">Creates a fresh sandbox that holds the tip.</param>
/// <param name="Repaired">Tests that the pull request turned from failing to passing before; those that the tip has must pass.</param>
public sealed record MergeReference(Func<CancellationToken, Task<ISandbox>> OpenSandbox, IReadOnlyList<string> Repaired);

/// <summary>The proof.</summary>
/// <param name="Verified">True only when every target test passes in both runs with the patch, nothing that passed before fails, and the two runs agree.</param>
/// <param name="Reason">One line: why it is verified, or why not.</param>
/// <param name="FailToPass">
/// Ids of tests that failed in both runs at the base and pass with the patch; for a test file that could not be imported, the tests inside.
/// </param>
/// <param name="PassToPass">How many tests passed before and pass still.</param>
/// <param name="Broken">Ids of tests that passed before and fail with the patch.</param>
/// <param name="StillFailing">Ids of tests that failed before and fail still.</param>
/// <param name="Flaky">
/// Ids of tests whose two runs disagree, at the base or with the patch. Those that disagree at the base count neither for the
/// patch nor against it.
/// </param>
/// <param name="Commands">Every command that was run: those at the base first, each phase in the order in which they finished.</param>
public sealed record VerificationResult(
    bool Verified,
    string Reason,
    IReadOnlyList<string> FailToPass,
    int PassToPass,
    IReadOnlyList<string> Broken,
    IReadOnlyList<string> StillFailing,
    IReadOnlyList<string> Flaky,
    IReadOnlyList<EvidenceCommand> Commands)
{
    /// <summary>Files of tests and their settings that the patch changes.</summary>
    public IReadOnlyList<ChangedFile> ChangedTests { get; init; } = [];

    /// <summary>Those of <see cref="FailToPass"/> whose own file the patch changes.</summary>
    public IReadOnlyList<string> ChangedFailToPass { get; init; } = [];

    /// <summary>Tests that ran at the base commit and are gone or skipped in both runs with the patch.</summary>
    public IReadOnlyList<string> RemovedTests { get; init; } = [];

    /// <summary>What the runs tried to reach.</summary>
    public NetworkEvidence Network { get; init; } = NetworkEvidence.None;
}

/// <summary>A file that a patch changes.</summary>
/// <param name="Path">Path in the repository.</param>
/// <param name="Change">What happens to it.</param>
public sealed record ChangedFile(string Path, FileChange Change);

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
    string Output)
{
    internal const string Before = "before";
    internal const string After = "after";
}
