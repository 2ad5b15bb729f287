using CodexService.Verification.Reporting;

namespace CodexService.Verification.Judging;

/// <summary>What two runs at the base commit agree about.</summary>
/// <param name="Passed">Tests that passed; a run that ended early says nothing about tests that it did not reach.</param>
/// <param name="Failing">Tests that failed in both runs; one that began and never ended failed.</param>
/// <param name="Flaky">Tests about which the two runs disagree.</param>
/// <param name="Unended">Those of <paramref name="Failing"/> that never ended.</param>
internal sealed record BaseTests(
    IReadOnlySet<string> Passed, IReadOnlySet<string> Failing, IReadOnlySet<string> Flaky, IReadOnlySet<string> Unended)
{
    private enum Kind
    {
        NotRun,
        Passed,
        Failed,
    }

    /// <summary>Every test that ran.</summary>
    public IEnumerable<string> All => Passed.Concat(Failing).Concat(Flaky);

    /// <summary>Whether a test is known from the base.</summary>
    public bool Knows(string id) => Passed.Contains(id) || Failing.Contains(id) || Flaky.Contains(id);

    /// <summary>Compares the reports of two runs.</summary>
    public static BaseTests Of(TestRun first, TestRun second)
    {
        var (one, two) = (first.Report!, second.Report!);
        var passed = new HashSet<string>(StringComparer.Ordinal);
        var failing = new HashSet<string>(StringComparer.Ordinal);
        var flaky = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in one.Outcomes.Keys.Union(two.Outcomes.Keys, StringComparer.Ordinal))
        {
            var (kind, other) = (KindOf(one, id), KindOf(two, id));
            var oneIsBlind = EndedEarly(first) && !one.Outcomes.ContainsKey(id);
            var twoIsBlind = EndedEarly(second) && !two.Outcomes.ContainsKey(id);
            if (kind != other && !oneIsBlind && !twoIsBlind)
            {
                flaky.Add(id);
            }
            else if (kind == Kind.Passed || other == Kind.Passed)
            {
                passed.Add(id);
            }
            else if (kind == Kind.Failed && other == Kind.Failed)
            {
                failing.Add(id);
            }
        }

        return new BaseTests(passed, failing, flaky, failing.Intersect(one.Unended.Concat(two.Unended), StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal));
    }

    private static bool EndedEarly(TestRun run) => run.Limit is not null || run.Report!.Unended.Count > 0;

    private static Kind KindOf(TestReport report, string id) =>
        !report.Outcomes.TryGetValue(id, out var outcome) || outcome == TestOutcome.Skipped ? Kind.NotRun
        : outcome == TestOutcome.Passed ? Kind.Passed
        : Kind.Failed;
}
