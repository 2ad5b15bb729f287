using CodexService.Repositories.Patches;
using CodexService.Sandbox;
using CodexService.Verification.Judging;

namespace CodexService.Verification.Comparing;

/// <summary>Two commits whose tests are to be compared.</summary>
/// <param name="OpenBase">Creates a fresh sandbox that holds the repository before the change.</param>
/// <param name="OpenHead">Creates a fresh sandbox that holds the repository with the change.</param>
/// <param name="TestCommand">Runs the tests.</param>
/// <param name="TestTimeout">Wall clock of one run of the test command.</param>
/// <param name="Progress">One line per step, for people.</param>
/// <param name="Finished">Told of each recorded command as it finishes, one call at a time, from any thread.</param>
public sealed record ComparisonRequest(
    Func<CancellationToken, Task<ISandbox>> OpenBase,
    Func<CancellationToken, Task<ISandbox>> OpenHead,
    string TestCommand,
    TimeSpan TestTimeout,
    IProgress<string> Progress,
    IProgress<EvidenceCommand>? Finished = null);

/// <summary>What a change does to the tests; facts of recorded runs, no verdict. Lists are in alphabetical order.</summary>
/// <param name="Conclusion">One line.</param>
/// <param name="Commands">Every command that was run, those before the change first.</param>
public sealed record ChangeComparison(string Conclusion, IReadOnlyList<EvidenceCommand> Commands)
{
    /// <summary>Whether results of single tests are known on both sides.</summary>
    public bool KnowsTests { get; init; }

    /// <summary>Tests that fail with the change and passed, or were not there, before.</summary>
    public IReadOnlyList<string> NewlyFailing { get; init; } = [];

    /// <summary>Tests that failed before and pass with the change.</summary>
    public IReadOnlyList<string> NewlyPassing { get; init; } = [];

    /// <summary>Tests that fail before and with the change.</summary>
    public IReadOnlyList<string> StillFailing { get; init; } = [];

    /// <summary>Tests whose two runs disagree, on either side.</summary>
    public IReadOnlyList<string> Flaky { get; init; } = [];

    /// <summary>Tests that ran before and are gone or skipped with the change.</summary>
    public IReadOnlyList<string> Removed { get; init; } = [];

    /// <summary>How many tests pass before and with the change.</summary>
    public int StillPassing { get; init; }

    /// <summary>How many tests are new and pass.</summary>
    public int AddedPassing { get; init; }

    /// <summary>Those of the changed files that hold tests or what tests share.</summary>
    public static IReadOnlyList<ChangedFile> TestsAmong(IEnumerable<ChangedFile> files) => [.. files.Where(file => TestPaths.IsTest(file.Path))];
}
