using CodexService.Verification.Reporting;

namespace CodexService.Verification.Judging;

/// <summary>
/// Judges a patch from exit codes and reports. Both have to agree: a report alone could be forged by the tree, and an exit
/// code alone does not tell which tests it stands for.
/// </summary>
internal static class Judge
{
    private const int NotExecutable = 126;
    private const int NotFound = 127;

    /// <summary>Why the base cannot be repaired by this command, or <see langword="null"/> when it fails as it should.</summary>
    public static string? WhyBaseIsUnfit(TestRun before, string command)
    {
        var shown = OneLine(command);
        if (before.Limit is not null)
        {
            return $"the test command was stopped at the base commit: {before.Limit}";
        }

        if (before.Report is null && before.Evidence.ExitCode is NotFound or NotExecutable)
        {
            return $"the test command '{shown}' cannot be run: {SandboxScript.LastLine(before.Evidence.Output)}";
        }

        if (before.Evidence.ExitCode != 0)
        {
            return null;
        }

        return before.Report?.Failing.Any() == true
            ? $"the test command '{shown}' ends with exit code 0 although tests fail; give a command whose exit code tells"
            : "the test command passes already at the base commit; there is nothing to repair";
    }

    /// <summary>Judges one run before and two runs after the patch.</summary>
    public static Verdict Decide(TestRun before, TestRun first, TestRun second, IReadOnlyList<string> targetTests)
    {
        if (first.Limit is not null || second.Limit is not null)
        {
            return Verdict.No($"with the patch the test command was stopped: {first.Limit ?? second.Limit}");
        }

        return before.Report is null
            ? DecideByExitCodes(before, first, second)
            : first.Report is null || second.Report is null
                ? Verdict.No("with the patch the tests wrote no readable report, although they did before")
                : DecideByTests(before.Report, first, second, targetTests);
    }

    private static Verdict DecideByExitCodes(TestRun before, TestRun first, TestRun second) =>
        (first.Evidence.ExitCode, second.Evidence.ExitCode) switch
        {
            (0, 0) => Verdict.No("") with
            {
                Verified = true,
                Reason = $"the test command failed before (exit code {before.Evidence.ExitCode}) and passed twice with the patch (exit code 0)",
            },
            (0, _) or (_, 0) => Verdict.No(
                $"the test command is flaky with the patch: exit codes {first.Evidence.ExitCode} and {second.Evidence.ExitCode}"),
            var (code, _) => Verdict.No($"the test command still fails with the patch (exit code {code})"),
        };

    private static Verdict DecideByTests(TestReport before, TestRun first, TestRun second, IReadOnlyList<string> targetTests)
    {
        var (one, two) = (first.Report!.Outcomes, second.Report!.Outcomes);
        var flaky = one.Keys.Union(two.Keys, StringComparer.Ordinal).Where(id => Passes(one, id) != Passes(two, id)).Order(StringComparer.Ordinal).ToArray();
        var failing = before.Failing.ToHashSet(StringComparer.Ordinal);
        var failToPass = failing.Where(id => Passes(one, id) && Passes(two, id)).Order(StringComparer.Ordinal).ToArray();
        var stillFailing = failing.Where(id => !Passes(one, id) && !Passes(two, id)).Order(StringComparer.Ordinal).ToArray();
        var passed = before.Passed.ToArray();

        // A test that passed and is gone or skipped now proves nothing any more: it counts as broken.
        var broken = passed.Where(id => !Passes(one, id) && !Passes(two, id)).Order(StringComparer.Ordinal).ToArray();
        var verdict = new Verdict(false, "", failToPass, passed.Count(id => Passes(one, id) && Passes(two, id)), broken, stillFailing, flaky);
        var reason = WhyNot(verdict, failing, first, second, targetTests);
        return verdict with
        {
            Verified = reason is null,
            Reason = reason ?? $"{Count(failToPass.Length, "failing test")} now {(failToPass.Length == 1 ? "passes" : "pass")}, {Count(verdict.PassToPass, "other test")} still {(verdict.PassToPass == 1 ? "passes" : "pass")}, in two runs",
        };
    }

    private static string? WhyNot(Verdict verdict, HashSet<string> failing, TestRun first, TestRun second, IReadOnlyList<string> targetTests)
    {
        var targets = targetTests.Count > 0 ? targetTests : [.. failing];
        var missed = targets.Except(verdict.FailToPass, StringComparer.Ordinal).ToArray();
        return verdict switch
        {
            _ when failing.Count == 0 => "the test command fails at the base commit, but no test does; the verdict needs a failing test",
            { Broken.Count: > 0 } => $"the patch breaks {Some(verdict.Broken)}",
            { Flaky.Count: > 0 } => $"two runs with the patch disagree about {Some(verdict.Flaky)}",
            _ when missed.FirstOrDefault(id => !failing.Contains(id)) is { } unknown => $"the target test {OneLine(unknown)} did not fail at the base commit",
            _ when missed.Length > 0 => $"still failing with the patch: {Some(missed)}",
            _ => Disagreement(first) ?? Disagreement(second),
        };

        string? Disagreement(TestRun run)
        {
            var bad = run.Report!.Failing.ToArray();
            var added = bad.Where(id => !failing.Contains(id)).ToArray();
            return added.Length > 0 ? $"the patch brings failing tests: {Some(added)}"
                : bad.Length == 0 && run.Evidence.ExitCode != 0 ? $"every reported test passes with the patch, but the test command ends with exit code {run.Evidence.ExitCode}"
                : bad.Length > 0 && run.Evidence.ExitCode == 0 ? "the report names failing tests, but the test command ends with exit code 0"
                : run.Evidence.ExitCode == 0 && !run.Report!.IsComplete ? "with the patch not every selected test ran"
                : null;
        }
    }

    private static bool Passes(IReadOnlyDictionary<string, TestOutcome> outcomes, string id) =>
        outcomes.TryGetValue(id, out var outcome) && outcome == TestOutcome.Passed;

    private static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";

    private static string Some(IReadOnlyList<string> ids) =>
        string.Join(", ", ids.Take(3).Select(OneLine)) + (ids.Count > 3 ? $" and {ids.Count - 3} more" : "");

    private static string OneLine(string text)
    {
        var line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= 200 ? line : line[..200] + "…";
    }
}
