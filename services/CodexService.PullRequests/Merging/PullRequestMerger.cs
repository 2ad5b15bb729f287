using CodexService.Contracts.Api;
using CodexService.PullRequests.Forges;
using CodexService.PullRequests.Pending;
using CodexService.Repositories;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Merging;

/// <summary>Merges pull requests that a person approved. Thread-safe.</summary>
internal sealed partial class PullRequestMerger(
    ForgeSelection forges,
    IDbContextFactory<TasksDbContext> contexts,
    TaskStore store,
    OneAtATime oneAtATime,
    RetryPauses pauses,
    TimeProvider time,
    ILogger<PullRequestMerger> logger)
{
    // As long as a verified patch waits to be published.
    private static readonly TimeSpan Patience = TimeSpan.FromHours(6);

    /// <summary>Merges; does nothing when the pull request does not wait for it, or rests until its next try.</summary>
    public async Task MergeAsync(Guid pullRequestId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var pull = await db.PullRequests.AsNoTracking().SingleOrDefaultAsync(p => p.Id == pullRequestId, cancellationToken);
        if (pull is { State: PullRequestState.Merging, ApprovedAt: { } approvedAt } && pauses.IsDue(Key(pull.TaskId)))
        {
            var reference = new PullRequestReference(
                pull.TaskId,
                RepositoryAddress.Parse(pull.Repository),
                pull.BaseRef,
                pull.Branch,
                pull.HeadCommit,
                pull.Title,
                pull.ForgeNumber,
                approvedAt)
            {
                RepositoryId = pull.RepositoryId,
            };
            await oneAtATime.RunAsync(pull.TaskId, () => MergeOnceAsync(reference, cancellationToken), cancellationToken);
        }
    }

    /// <summary>Ends a merge that failed too long; the pull request is open again and says why.</summary>
    public Task RefuseAsync(Guid taskId, string reason, CancellationToken cancellationToken) => EndAsync(taskId, new MergeResult.Refused(reason, []), cancellationToken);

    private async Task MergeOnceAsync(PullRequestReference pull, CancellationToken cancellationToken)
    {
        MergeResult outcome;
        try
        {
            outcome = await forges.For(pull.Repository).MergeAsync(pull, cancellationToken);
        }
        catch (RepositoryException e) when (e.Kind is RepositoryErrorKind.Unreachable)
        {
            // The approval stands: one answer that is lost must not lose it.
            var (since, pause) = pauses.Failed(Key(pull.TaskId), e.RetryAfter);
            if (time.GetUtcNow() - since < Patience)
            {
                LogWaiting(pull.TaskId, e.Message, pause);
                return;
            }

            outcome = new MergeResult.Refused($"tried for {Patience.TotalHours:0} hours: {e.Message}", []);
        }
        catch (RepositoryException e)
        {
            outcome = new MergeResult.Refused(e.Message, []);
        }

        pauses.Forget(Key(pull.TaskId));
        await EndAsync(pull.TaskId, outcome, cancellationToken);
    }

    private async Task EndAsync(Guid taskId, MergeResult outcome, CancellationToken cancellationToken)
    {
        LogEnded(taskId, outcome is MergeResult.Merged ? "merged" : "refused");
        await store.ChangeAsync(
            taskId,
            (task, now, _) =>
            {
                if (task.PullRequest?.State != PullRequestState.Merging)
                {
                    return;
                }

                switch (outcome)
                {
                    case MergeResult.Merged merged:
                        task.Merged(merged.MergeCommit, now);
                        break;
                    case MergeResult.Refused refused:
                        task.RefuseMerge(refused.Reason, refused.Conflicts);
                        break;
                }
            },
            cancellationToken);
    }

    private static string Key(Guid taskId) => $"merge {taskId:D}";

    [LoggerMessage(LogLevel.Warning, "The repository of task {TaskId} does not answer ({Reason}); its pull request is merged in {Pause}")]
    private partial void LogWaiting(Guid taskId, string reason, TimeSpan pause);

    [LoggerMessage(LogLevel.Information, "Merge of task {TaskId}: {Outcome}")]
    private partial void LogEnded(Guid taskId, string outcome);
}
