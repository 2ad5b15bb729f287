using System.Text;
using CodexService.Repositories.Patches;
using CodexService.Sandbox;

namespace CodexService.Verification.Judging;

/// <summary>
/// What a patch changes of the tests that are to prove it. It stays a proof by the rules of <see cref="Judge"/>, but only a
/// person can say whether the tests still mean what they meant.
/// </summary>
internal static class TestChanges
{
    private const int MostSettings = 20;
    private const int MostBytes = 1 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly IReadOnlyDictionary<string, string> NoConfiguration = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_CONFIG_NOSYSTEM"] = "1",
    };

    /// <summary>The changed files of tests and their settings.</summary>
    /// <param name="sandbox">Holds the base commit with the patch applied and nothing run yet.</param>
    /// <param name="files">Files of the patch.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<IReadOnlyList<ChangedFile>> FindAsync(ISandbox sandbox, IReadOnlyList<PatchedFile> files, CancellationToken cancellationToken)
    {
        var looked = 0;
        List<ChangedFile> found = [];

        // A change of kind is a deletion and an addition of the same path.
        foreach (var changes in files.GroupBy(file => file.Path, StringComparer.Ordinal))
        {
            var (path, change) = (changes.Key, changes.Count() > 1 ? FileChange.Modified : changes.First().Change);
            if (TestPaths.IsTest(path)
                || (TestPaths.MayConfigureTests(path) && (++looked > MostSettings || await SettingsDifferAsync(sandbox, path, change, cancellationToken))))
            {
                found.Add(new ChangedFile(path, change));
            }
        }

        return found;
    }

    /// <summary>The result with what the patch changed of the tests, in its reason too when it is verified.</summary>
    public static VerificationResult Tell(VerificationResult result, IReadOnlyList<ChangedFile> changed)
    {
        string[] own = [.. result.FailToPass.Where(id => changed.Any(file => file.Change != FileChange.Deleted && TestPaths.Holds(file.Path, id)))];
        var reason = new StringBuilder(result.Reason);
        if (result.Verified && changed.Count > 0)
        {
            reason.Append($"; the patch changes {Judge.Count(changed.Count, "test file")}: review {(changed.Count == 1 ? "it" : "them")}");
            if (own.Length > 0)
            {
                reason.Append($", {own.Length} of {Judge.Count(result.FailToPass.Count, "repaired test")} {(own.Length == 1 ? "is" : "are")} in files that the patch itself changes");
            }
        }

        if (result.Verified && result.RemovedTests.Count > 0)
        {
            reason.Append($"; {Judge.Count(result.RemovedTests.Count, "test")} of the base commit {(result.RemovedTests.Count == 1 ? "is" : "are")} deleted or skipped");
        }

        return result with { Reason = reason.ToString(), ChangedTests = changed, ChangedFailToPass = own };
    }

    private static async Task<bool> SettingsDifferAsync(ISandbox sandbox, string path, FileChange change, CancellationToken cancellationToken)
    {
        var before = change == FileChange.Added ? null : await ReadAsync($"git show HEAD:{SandboxScript.Quote(path)}");
        var after = change == FileChange.Deleted ? null : await ReadAsync($"cat -- {SandboxScript.Quote(path)}");

        // What cannot be read cannot be called harmless.
        return before is { Succeeded: false } || after is { Succeeded: false } || TestSettings.Differ(path, before?.StandardOutputText, after?.StandardOutputText);

        Task<CommandResult> ReadAsync(string command) => sandbox.RunAsync(
            new SandboxCommand(command) { Timeout = Patience, OutputBytes = MostBytes, Environment = NoConfiguration }, cancellationToken);
    }
}
