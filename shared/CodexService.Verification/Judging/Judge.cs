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

    /// <summary>
    /// Why the base cannot be repaired by this command, or <see langword="null"/> when it fails as it should. A command that
    /// a limit ended is fit when its report shows the test that was running: that test failed.
    /// </summary>
    /// <param name="before">A run at the base.</param>
    /// <param name="command">The test command.</param>
    /// <param name="mayPass">Whether a base whose tests all pass is fit too.</param>
    public static string? WhyBaseIsUnfit(TestRun before, string command, bool mayPass = false)
    {
        var shown = OneLine(command);
        if (before.Limit is not null)
        {
            return before.Report is { Unended.Count: > 0 } ? null : $"the test command was stopped at the base commit: {before.Limit}";
        }

        if (before.Report is null && before.Evidence.ExitCode is NotFound or NotExecutable)
        {
            return $"the test command '{shown}' cannot be run: {SandboxScript.LastLine(before.Evidence.Output)}";
        }

        return before.Evidence.ExitCode != 0 ? null
            : before.Report?.Failing.Any() == true ? $"the test command '{shown}' ends with exit code 0 although tests fail; give a command whose exit code tells"
            : mayPass ? null
            : "the test command passes already at the base commit; there is nothing to repair";
    }

    /// <summary>Judges two runs before and two runs after the patch; the first before is fit.</summary>
    /// <param name="before">First run at the base.</param>
    /// <param name="again">Second run at the base.</param>
    /// <param name="first">First run with the patch.</param>
    /// <param name="second">Second run with the patch.</param>
    /// <param name="targetTests">Tests that have to be repaired; empty for all that fail.</param>
    /// <param name="mayPass">Whether a base whose tests all pass is fit too.</param>
    /// <param name="repairedBefore">Of the resolution of a merge, the tests that must not fail again; see <see cref="MergeReference"/>.</param>
    public static Verdict Decide(
        TestRun before, TestRun again, TestRun first, TestRun second, IReadOnlyList<string> targetTests, bool mayPass = false, IReadOnlyList<string>? repairedBefore = null)
    {
        // That the command passes the second time is no reason yet: it tells what is flaky.
        if (!again.Succeeded && WhyBaseIsUnfit(again, again.Evidence.Command) is { } unfit)
        {
            return Verdict.No(unfit);
        }

        if (first.Limit is not null || second.Limit is not null)
        {
            return Verdict.No($"with the patch the test command was stopped: {first.Limit ?? second.Limit}");
        }

        return (before.Report, again.Report) switch
        {
            (null, null) when mayPass && before.Succeeded && again.Succeeded => DecideByStillPassing(first, second),
            (null, null) => again.Succeeded ? Verdict.No("the test command fails only sometimes at the base commit") : DecideByExitCodes(before, first, second),
            (null, _) or (_, null) => Verdict.No("at the base commit the tests wrote a readable report in only one of two runs"),
            _ => first.Report is null || second.Report is null
                ? Verdict.No("with the patch the tests wrote no readable report, although they did before")
                : DecideByTests(before, again, first, second, targetTests, mayPass, repairedBefore),
        };
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

    private static Verdict DecideByStillPassing(TestRun first, TestRun second) =>
        (first.Evidence.ExitCode, second.Evidence.ExitCode) switch
        {
            (0, 0) => Verdict.No("") with { Verified = true, Reason = "the test command passed before and passed twice with the patch (exit code 0); nothing failed before that could show more" },
            (0, _) or (_, 0) => Verdict.No($"the test command is flaky with the patch: exit codes {first.Evidence.ExitCode} and {second.Evidence.ExitCode}"),
            var (code, _) => Verdict.No($"the test command passed before and fails with the patch (exit code {code})"),
        };

    private static Verdict DecideByTests(
        TestRun before, TestRun again, TestRun first, TestRun second, IReadOnlyList<string> targetTests, bool mayPass, IReadOnlyList<string>? repairedBefore)
    {
        var known = BaseTests.Of(before, again);
        var (one, two) = (first.Report!.Outcomes, second.Report!.Outcomes);
        var ids = one.Keys.Union(two.Keys, StringComparer.Ordinal).ToArray();
        var unsteady = ids.Where(id => !known.Flaky.Contains(id) && Passes(one, id) != Passes(two, id)).Order(StringComparer.Ordinal).ToArray();
        var repaired = known.Failing.Where(Repaired).ToHashSet(StringComparer.Ordinal);
        var failToPass = repaired
            .SelectMany(id => ids.Contains(id, StringComparer.Ordinal) ? [id] : TestFiles.Inside(ids, id, known).Where(test => Passes(one, test) && Passes(two, test)))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var stillFailing = known.Failing.Where(id => !TestFiles.Passes(one, id, known) && !TestFiles.Passes(two, id, known)).Order(StringComparer.Ordinal).ToArray();

        // A test that passed and is gone or skipped now proves nothing any more: it counts as broken.
        var broken = known.Passed.Where(id => !Passes(one, id) && !Passes(two, id)).Order(StringComparer.Ordinal).ToArray();
        var passToPass = known.Passed.Count(id => Passes(one, id) && Passes(two, id));
        var flaky = unsteady.Concat(known.Flaky).Order(StringComparer.Ordinal).ToArray();
        var removed = known.All.Where(id => IsGone(one, id) && IsGone(two, id)).Order(StringComparer.Ordinal).ToArray();
        var verdict = new Verdict(false, "", failToPass, passToPass, broken, stillFailing, flaky) { Removed = removed };
        if (repairedBefore is not null)
        {
            var lost = repairedBefore.Where(id => known.Knows(id) && !(Passes(one, id) && Passes(two, id))).Order(StringComparer.Ordinal).ToArray();
            return MergeJudge.Decide(verdict, unsteady, lost, Disagreement(known, first) ?? Disagreement(known, second));
        }

        var reason = WhyNot(verdict, known, repaired, unsteady, first, second, targetTests, mayPass);
        if (reason is null && known.Failing.Count == 0)
        {
            return verdict with { Verified = true, Reason = $"{Count(passToPass, "test")} that passed before still {(passToPass == 1 ? "passes" : "pass")}, in two runs; none failed before that could show more" };
        }

        return verdict with
        {
            Verified = reason is null,
            Reason = reason ?? $"{Count(failToPass.Length, "failing test")} now {(failToPass.Length == 1 ? "passes" : "pass")}, {Count(passToPass, "other test")} still {(passToPass == 1 ? "passes" : "pass")}, in two runs"
                + (repaired.Overlaps(known.Unended) ? $"; {Some([.. repaired.Intersect(known.Unended, StringComparer.Ordinal)])} did not come to an end at the base commit" : ""),
        };

        bool Repaired(string id) => TestFiles.Passes(one, id, known) && TestFiles.Passes(two, id, known);

        // A file that could not be imported is not gone when the tests inside run now.
        bool IsGone(IReadOnlyDictionary<string, TestOutcome> outcomes, string id) => outcomes.TryGetValue(id, out var outcome)
            ? outcome == TestOutcome.Skipped
            : !TestFiles.Inside(outcomes.Keys, id, known).Any();
    }

    private static string? WhyNot(
        Verdict verdict, BaseTests known, HashSet<string> repaired, string[] unsteady, TestRun first, TestRun second, IReadOnlyList<string> targetTests, bool mayPass)
    {
        // A target that fails only sometimes can neither be repaired nor be missed; the others still can.
        var all = targetTests.Count > 0 ? targetTests : [.. known.Failing];
        var targets = all.Where(id => !known.Flaky.Contains(id)).ToArray();
        var missed = targets.Except(repaired, StringComparer.Ordinal).ToArray();
        var sometimes = all.Count > 0 ? all : [.. known.Flaky];
        var proofByPassing = mayPass && known.Failing.Count == 0 && all.Count == 0;
        return verdict switch
        {
            _ when proofByPassing && verdict is { Broken.Count: 0 } && unsteady.Length == 0 =>
                verdict.PassToPass == 0 ? "no test passed both before and with the patch" : Disagreement(known, first) ?? Disagreement(known, second),
            _ when !proofByPassing && targets.Length == 0 && sometimes.Count > 0 => $"{Some(sometimes)} {(sometimes.Count == 1 ? "fails" : "fail")} only sometimes at the base commit",
            _ when !proofByPassing && known.Failing.Count == 0 => "the test command fails at the base commit, but no test does; the verdict needs a failing test",
            { Broken.Count: > 0 } => $"the patch breaks {Some(verdict.Broken)}",
            _ when unsteady.Length > 0 => $"two runs with the patch disagree about {Some(unsteady)}",
            _ when missed.FirstOrDefault(id => !known.Failing.Contains(id)) is { } unknown => $"the target test {OneLine(unknown)} did not fail at the base commit",
            _ when missed.Intersect(verdict.Removed, StringComparer.Ordinal).ToArray() is { Length: > 0 } gone => $"the patch deletes or skips {Some(gone)}, which proves nothing about the failure at the base commit",
            _ when missed.Length > 0 => $"still failing with the patch: {Some(missed)}",
            _ => Disagreement(known, first) ?? Disagreement(known, second),
        };
    }

    /// <summary>What a run's report and its exit code do not agree about, or which failing tests are new.</summary>
    private static string? Disagreement(BaseTests known, TestRun run)
    {
        var bad = run.Report!.Failing.ToArray();
        var expected = known.Failing.SelectMany(id => TestFiles.Inside(bad, id, known)).ToHashSet(StringComparer.Ordinal);
        var added = bad.Where(id => !known.Failing.Contains(id) && !known.Flaky.Contains(id) && !expected.Contains(id)).ToArray();
        return added.Length > 0 ? $"the patch brings failing tests: {Some(added)}"
            : bad.Length == 0 && run.Evidence.ExitCode != 0 ? $"every reported test passes with the patch, but the test command ends with exit code {run.Evidence.ExitCode}"
            : bad.Length > 0 && run.Evidence.ExitCode == 0 ? "the report names failing tests, but the test command ends with exit code 0"
            : run.Evidence.ExitCode == 0 && !run.Report!.IsComplete ? "with the patch not every selected test ran"
            : null;
    }

    private static bool Passes(IReadOnlyDictionary<string, TestOutcome> outcomes, string id) =>
        outcomes.TryGetValue(id, out var outcome) && outcome == TestOutcome.Passed;

    internal static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";

    internal static string Some(IReadOnlyList<string> ids) =>
        string.Join(", ", ids.Take(3).Select(OneLine)) + (ids.Count > 3 ? $" and {ids.Count - 3} more" : "");

    private static string OneLine(string text)
    {
        var line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= 200 ? line : line[..200] + "…";
    }
}
