using CodexService.Tasks.Attempts;

namespace CodexService.Tasks.Choice;

/// <summary>A verified attempt as it is ranked.</summary>
/// <param name="Number">Number of the attempt.</param>
/// <param name="TestsPassed">Tests that pass with its patch.</param>
/// <param name="Regressions">Tests that its patch breaks.</param>
/// <param name="StillFailing">Tests that fail with and without it.</param>
/// <param name="PatchLines">Lines that its patch adds and removes; <see cref="int.MaxValue"/> when nobody counted.</param>
public sealed record RankedAttempt(int Number, int TestsPassed, int Regressions, int StillFailing, int PatchLines);

/// <summary>
/// Which of several verified patches is the best: the one with which most tests pass, then the one that breaks fewest, then
/// the one that leaves fewest failing, then the smallest, then the earliest number, so that the same attempts always give
/// the same winner.
/// </summary>
public static class AttemptRanking
{
    /// <summary>The attempts, best first.</summary>
    public static IReadOnlyList<RankedAttempt> Rank(IEnumerable<RankedAttempt> verified) =>
    [
        .. verified
            .OrderByDescending(attempt => attempt.TestsPassed)
            .ThenBy(attempt => attempt.Regressions)
            .ThenBy(attempt => attempt.StillFailing)
            .ThenBy(attempt => attempt.PatchLines)
            .ThenBy(attempt => attempt.Number),
    ];

    /// <summary>One line that says why the first one won: "attempt 3 of 4: 14 tests pass, none broken, smallest patch (6 lines)".</summary>
    /// <param name="ranked">As <see cref="Rank"/> gave them; not empty.</param>
    /// <param name="round">How many attempts there were, those without a verified patch included.</param>
    public static string Describe(IReadOnlyList<RankedAttempt> ranked, int round) => $"attempt {ranked[0].Number} of {round}: {Facts(ranked[0])}, {Why(ranked)}";

    /// <summary>The facts of one attempt, for people: "14 tests pass, none broken".</summary>
    public static string Facts(RankedAttempt attempt) => string.Concat(
        attempt.TestsPassed == 1 ? "1 test passes" : $"{attempt.TestsPassed} tests pass",
        attempt.Regressions == 0 ? ", none broken" : $", {attempt.Regressions} broken",
        attempt.StillFailing == 0 ? "" : $", {attempt.StillFailing} still failing");

    /// <summary>The verified attempts of a round, best first.</summary>
    internal static IReadOnlyList<RankedAttempt> Rank(IEnumerable<Attempt> round) => Rank(round.Where(attempt => attempt.Verified).Select(Ranked));

    /// <summary>An attempt by what was stored about it.</summary>
    internal static RankedAttempt Ranked(Attempt attempt) => new(
        attempt.Number,
        attempt.TestsPassed ?? 0,
        attempt.Regressions ?? 0,
        attempt.StillFailing ?? 0,
        attempt.PatchLines ?? int.MaxValue);

    private static string Why(IReadOnlyList<RankedAttempt> ranked) => ranked switch
    {
        [var only] => $"the only verified patch{Size(only)}",
        [var first, var second, ..] when first.TestsPassed > second.TestsPassed => "most tests of all",
        [var first, var second, ..] when first.Regressions < second.Regressions => "fewest broken of all",
        [var first, var second, ..] when first.StillFailing < second.StillFailing => "fewest still failing of all",
        [var first, var second, ..] when first.PatchLines < second.PatchLines => $"smallest patch{Size(first)}",
        [var first, var second, ..] => $"as good as attempt {second.Number}, and earlier{Size(first)}",
        _ => throw new ArgumentException("Nothing was ranked.", nameof(ranked)),
    };

    private static string Size(RankedAttempt attempt) => attempt.PatchLines switch
    {
        int.MaxValue => "",
        1 => " (1 line)",
        var lines => $" ({lines} lines)",
    };
}
