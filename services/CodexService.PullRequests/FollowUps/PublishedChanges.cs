using System.Text.Json;
using CodexService.Contracts.Api;
using CodexService.PullRequests.Forges;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.PullRequests;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.FollowUps;

/// <summary>The changes that became commits of a pull request's branch: of each round that was published one attempt.</summary>
internal static class PublishedChanges
{
    /// <summary>Oldest first. A round that is verified and could not be published is none of them.</summary>
    public static async Task<IReadOnlyList<HeldChange>> ReadAsync(TasksDbContext db, Guid taskId, PullRequest pull, CancellationToken cancellationToken)
    {
        var verified = await (
            from attempt in db.Attempts
            join result in db.AttemptResults on attempt.Id equals result.AttemptId
            where attempt.TaskId == taskId && attempt.State == AttemptState.Succeeded && attempt.Verified && result.Patch != "" && attempt.BaseCommit != null
            orderby attempt.Number
            select new Verified(attempt.Id, attempt.Number, attempt.PromptNumber, attempt.BaseCommit!, attempt.MergedCommit, attempt.FinishedAt, result.Patch)).ToListAsync(cancellationToken);
        var log = await db.TaskEvents
            .Where(entry => entry.TaskId == taskId
                && (entry.Type == TaskEventTypes.AttemptChosen || entry.Type == TaskEventTypes.PullRequestOpened || entry.Type == TaskEventTypes.PullRequestUpdated))
            .OrderBy(entry => entry.Seq)
            .Select(entry => new { entry.Type, entry.Attempt, entry.Data, entry.At })
            .ToListAsync(cancellationToken);
        var current = verified.Find(one => one.Id == pull.PublishedAttemptId);
        List<int> chosen = [];
        SortedDictionary<int, Verified> rounds = [];
        foreach (var entry in log)
        {
            if (entry.Type == TaskEventTypes.AttemptChosen)
            {
                chosen.Add(entry.Attempt ?? 0);
            }
            else if ((NumberIn(entry.Data) is { } number ? verified.Find(one => one.Number == number) : Newest(verified.FindAll(one => one.FinishedAt <= entry.At), chosen)) is { } published)
            {
                rounds[published.PromptNumber] = published;
            }
        }

        if (current is not null)
        {
            rounds[current.PromptNumber] = current;
        }

        return
        [
            .. rounds.Values.Where(one => current is null || one.PromptNumber <= current.PromptNumber)
                .Select(one => new HeldChange(one.Base, one.Patch) { MergedCommit = one.MergedCommit }),
        ];
    }

    private static int? NumberIn(string? data)
    {
        using var read = JsonDocument.Parse(data ?? "{}");
        return read.RootElement.TryGetProperty("attempt", out var attempt) && attempt.TryGetInt32(out var number) ? number : null;
    }

    // Older entries do not name the attempt: it was the only verified one of its round, or the one that was chosen last.
    private static Verified? Newest(List<Verified> before, List<int> chosen) =>
        before.GroupBy(one => one.PromptNumber).MaxBy(round => round.Key)?.MaxBy(one => chosen.LastIndexOf(one.Number));

    private sealed record Verified(Guid Id, int Number, int PromptNumber, string Base, string? MergedCommit, DateTimeOffset? FinishedAt, string Patch);
}
