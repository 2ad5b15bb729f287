namespace CodexService.Verification.Judging;

/// <summary>
/// Judges the resolution of a merge against the base branch's tip: people are at work there, so what fails there may fail still; what
/// passes there, and what the pull request had repaired, has to pass.
/// </summary>
internal static class MergeJudge
{
    /// <summary>The verdict.</summary>
    /// <param name="compared">What two runs at the tip and two with the resolution say.</param>
    /// <param name="unsteady">Tests about which the two runs with the resolution disagree.</param>
    /// <param name="lost">Tests that the pull request had repaired and that do not pass any more.</param>
    /// <param name="disagreement">New failing tests, or a report that does not fit the exit code.</param>
    public static Verdict Decide(Verdict compared, IReadOnlyList<string> unsteady, IReadOnlyList<string> lost, string? disagreement)
    {
        var reason = compared switch
        {
            { Broken.Count: > 0 } => $"the resolution breaks {Judge.Some(compared.Broken)}, which {(compared.Broken.Count == 1 ? "passes" : "pass")} on the base branch",
            _ when lost.Count > 0 => $"the resolution loses what the pull request had repaired: {Judge.Some(lost)}",
            _ when unsteady.Count > 0 => $"two runs with the resolution disagree about {Judge.Some(unsteady)}",
            { PassToPass: 0, FailToPass.Count: 0 } => "no test passes with the resolution",
            _ => disagreement,
        };
        return compared with { Verified = reason is null, Reason = reason ?? Tell(compared) };
    }

    private static string Tell(Verdict compared) =>
        $"{Judge.Count(compared.PassToPass, "test")} of the base branch still {(compared.PassToPass == 1 ? "passes" : "pass")}"
        + (compared.FailToPass.Count == 0 ? "" : $", {Judge.Count(compared.FailToPass.Count, "test")} that {(compared.FailToPass.Count == 1 ? "fails" : "fail")} there {(compared.FailToPass.Count == 1 ? "passes" : "pass")}")
        + ", in two runs"
        + (compared.StillFailing.Count == 0 ? "" : $"; {Judge.Some(compared.StillFailing)} {(compared.StillFailing.Count == 1 ? "fails" : "fail")} on the base branch too");
}
