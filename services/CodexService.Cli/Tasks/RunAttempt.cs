using CodexService.Contracts.Api;

namespace CodexService.Cli.Tasks;

/// <summary>One of several attempts, in the report of <c>codex run --json</c>.</summary>
internal sealed record RunAttempt(
    int Number,
    AttemptState State,
    string Brain,
    string? Model,
    double? Temperature,
    bool Verified,
    int? TestsPassed,
    int? Regressions,
    int? PatchLines,
    int? Rank,
    bool IsChosen)
{
    public static RunAttempt Of(AttemptInfo attempt) => new(
        attempt.Number,
        attempt.State,
        attempt.Brain,
        attempt.Model,
        attempt.Temperature,
        attempt.Verified,
        attempt.TestsPassed,
        attempt.Regressions,
        attempt.PatchLines,
        attempt.Rank,
        attempt.IsChosen);
}
