using CodexService.Contracts.Api;
using CodexService.Repositories.Patches;
using CodexService.Tasks;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Reporting;

/// <summary>A verified change of nothing but held paths: there is nothing that GitHub could show as a pull request or a commit, so a person has to apply it.</summary>
internal static class HeldAlone
{
    /// <summary>Its patch; <see langword="null"/> for every other task.</summary>
    /// <param name="db">Where the patches are.</param>
    /// <param name="task">The task with its attempts and its pull request.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<string?> PatchAsync(TasksDbContext db, CodingTask task, CancellationToken cancellationToken)
    {
        // What is held of a merge is counted from the base that it brings in.
        if (task is not { Outcome: TaskState.Failed } || (task.UnpublishedAttemptId ?? task.WinningAttemptId) is not { } winner
            || winner == task.PullRequest?.PublishedAttemptId
            || task.Attempts.SingleOrDefault(attempt => attempt.Id == winner) is not { Verified: true, MergedCommit: null })
        {
            return null;
        }

        var patch = await db.AttemptResults.Where(result => result.AttemptId == winner).Select(result => result.Patch).SingleOrDefaultAsync(cancellationToken);
        return patch is not null && PatchPolicy.Check(patch) is { Allowed: true, Files.Count: > 0 } check && check.Files.All(file => check.Held.Contains(file.Path, StringComparer.Ordinal))
            ? patch
            : null;
    }
}
