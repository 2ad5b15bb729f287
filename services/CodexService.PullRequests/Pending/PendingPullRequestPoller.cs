using CodexService.Contracts.Api;
using CodexService.PullRequests.Merging;
using CodexService.PullRequests.Opening;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Pending;

/// <summary>Looks for pull requests that wait to be opened or merged.</summary>
internal sealed class PendingPullRequestPoller(
    IDbContextFactory<TasksDbContext> contexts,
    PullRequestOpener opener,
    PullRequestMerger merger,
    RetryPauses pauses,
    TimeProvider time,
    ILogger<PendingPullRequestPoller> logger) : WaitingWorkPoller(pauses, time, logger)
{
    private const int Batch = 50;

    public override async Task LookAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var publishing = await db.Tasks.Where(t => t.State == TaskState.Publishing).OrderBy(t => t.Id).Select(t => t.Id).Take(Batch).ToListAsync(cancellationToken);
        await EachAsync("open the pull request of task", publishing, id => $"{id:D}", id => opener.OpenAsync(id, cancellationToken), giveUp: null, cancellationToken);
        var merging = await db.PullRequests.Where(p => p.State == PullRequestState.Merging).OrderBy(p => p.Id).Select(p => new { p.Id, p.TaskId }).Take(Batch).ToListAsync(cancellationToken);
        await EachAsync(
            "merge the pull request of task", merging, pull => $"{pull.TaskId:D}", pull => merger.MergeAsync(pull.Id, cancellationToken), (pull, why) => merger.RefuseAsync(pull.TaskId, why, cancellationToken), cancellationToken);
    }
}
