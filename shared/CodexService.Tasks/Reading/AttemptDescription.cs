using System.Text.Json;
using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Choice;

namespace CodexService.Tasks.Reading;

/// <summary>Attempts in the shape that the API answers with.</summary>
internal static class AttemptDescription
{
    /// <summary>All attempts of a loaded task, oldest first.</summary>
    /// <param name="task">The task with its attempts.</param>
    /// <param name="brains">Brain of each attempt that has a result.</param>
    public static IReadOnlyList<AttemptInfo> Of(CodingTask task, IReadOnlyDictionary<Guid, string>? brains)
    {
        var ranks = AttemptRanking.Rank(task.Attempts.Where(attempt => attempt.Number >= task.RoundStart))
            .Select((attempt, index) => (attempt.Number, Rank: index + 1))
            .ToDictionary(ranked => ranked.Number, ranked => ranked.Rank);
        return
        [
            .. task.Attempts.OrderBy(attempt => attempt.Number).Select(attempt => Of(
                attempt,
                brains?.GetValueOrDefault(attempt.Id),
                ranks.TryGetValue(attempt.Number, out var rank) ? rank : null,
                attempt.Id == task.WinningAttemptId) with
            {
                Continues = task.Attempts.FirstOrDefault(other => other.Id == attempt.Continues)?.Number,
            }),
        ];
    }

    private static AttemptInfo Of(Attempt attempt, string? brain, int? rank, bool isChosen) => new(
        attempt.Id,
        attempt.Number,
        attempt.State,
        attempt.Reason,
        attempt.Epoch,
        attempt.Worker,
        attempt.StartedAt,
        attempt.FinishedAt,
        attempt.CandidatesTried)
    {
        Brain = brain ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(attempt.Brain.ToString()),
        Model = attempt.Model,
        Temperature = attempt.Temperature is { } temperature ? Math.Round(temperature, 3) : null,
        Verified = attempt.Verified,
        TestsPassed = attempt.TestsPassed,
        Regressions = attempt.Regressions,
        StillFailing = attempt.StillFailing,
        PatchLines = attempt.PatchLines,
        Usage = new AttemptUsage(
            attempt is { StartedAt: { } start, FinishedAt: { } end } ? Math.Round((end - start).TotalSeconds, 3) : 0,
            attempt.InputTokens,
            attempt.CachedInputTokens,
            attempt.OutputTokens,
            attempt.Cost),
        Rank = rank,
        IsChosen = isChosen,
        PromptNumber = attempt.PromptNumber,
        BaseCommit = attempt.BaseCommit,
        EarlyEnd = attempt.EarlyEnd,
        Prompts = Answers.Prompts(attempt),
    };
}
