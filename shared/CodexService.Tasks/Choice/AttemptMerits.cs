using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;

namespace CodexService.Tasks.Choice;

/// <summary>What the proof of an attempt's patch says in figures.</summary>
/// <param name="TestsPassed">Tests that pass with the patch: those that failed before and those that did not.</param>
/// <param name="Regressions">Tests that the patch breaks.</param>
/// <param name="StillFailing">Tests that fail with and without it.</param>
internal sealed record AttemptMerits(int TestsPassed, int Regressions, int StillFailing)
{
    /// <summary>The figures of a stored result; <see langword="null"/> when its patch was not put to the proof.</summary>
    public static AttemptMerits? Of(AttemptResult? result) =>
        result?.Verification is { } json && JsonSerializer.Deserialize<VerificationReport>(json, JsonConventions.Options) is { } proof
            ? new AttemptMerits(proof.FailToPass.Count + proof.PassToPass, proof.Broken.Count, proof.StillFailing.Count)
            : null;
}
