namespace CodexService.Verification.Judging;

/// <summary>The judgement of the recorded runs, two at the base and two with the patch, without the commands.</summary>
internal sealed record Verdict(
    bool Verified,
    string Reason,
    IReadOnlyList<string> FailToPass,
    int PassToPass,
    IReadOnlyList<string> Broken,
    IReadOnlyList<string> StillFailing,
    IReadOnlyList<string> Flaky)
{
    /// <summary>Tests that ran at the base and are gone or skipped with the patch.</summary>
    public IReadOnlyList<string> Removed { get; init; } = [];

    public static Verdict No(string reason) => new(false, reason, [], 0, [], [], []);

    public VerificationResult With(IReadOnlyList<EvidenceCommand> commands) =>
        new(Verified, Reason, FailToPass, PassToPass, Broken, StillFailing, Flaky, commands) { RemovedTests = Removed };
}
