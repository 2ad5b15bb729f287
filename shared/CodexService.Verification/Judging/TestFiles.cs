using CodexService.Verification.Reporting;

namespace CodexService.Verification.Judging;

/// <summary>
/// Test files that could not be imported: runners report one such id, which stands for all tests inside. The repair engine's
/// <c>identity.py</c> has the same rule.
/// </summary>
internal static class TestFiles
{
    private const string FailedImport = "unittest.loader._FailedTest.";

    /// <summary>
    /// Whether the test passed. A file that is no longer reported as broken passes when it brings tests that the base did not
    /// know, at least one of them passes, and none fails.
    /// </summary>
    public static bool Passes(IReadOnlyDictionary<string, TestOutcome> outcomes, string id, BaseTests known)
    {
        if (outcomes.TryGetValue(id, out var outcome))
        {
            return outcome == TestOutcome.Passed;
        }

        var inside = Inside(outcomes.Keys, id, known).Select(test => outcomes[test]).ToArray();
        return inside.Contains(TestOutcome.Passed) && inside.All(o => o is TestOutcome.Passed or TestOutcome.Skipped);
    }

    /// <summary>The tests inside the file, or none when the id is that of a single test.</summary>
    public static IEnumerable<string> Inside(IEnumerable<string> tests, string id, BaseTests known)
    {
        if (id.StartsWith(FailedImport, StringComparison.Ordinal))
        {
            // "unittest tests.test_x" reports the last part of the module's name alone.
            var module = id[FailedImport.Length..] + ".";
            return tests.Where(test => (test.StartsWith(module, StringComparison.Ordinal) || test.Contains("." + module, StringComparison.Ordinal)) && !known.Knows(test));
        }

        return id.EndsWith(".py", StringComparison.Ordinal) && !id.Contains("::", StringComparison.Ordinal)
            ? tests.Where(test => test.StartsWith(id + "::", StringComparison.Ordinal) && !known.Knows(test))
            : [];
    }
}
