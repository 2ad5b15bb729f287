using CodexService.Contracts.Api;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Forges.GitHub;
using CodexService.PullRequests.Triggers;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.FollowUps;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.FollowUps;

/// <summary>
/// Records what people do to our pull request on GitHub: merge, close, open again, push. It is read live, so that deliveries in
/// any order and number lead to the same.
/// </summary>
internal sealed class PullRequestFollower(OurWork work, TaskStore store, PendingFollowUps pending, IDbContextFactory<TasksDbContext> contexts, TimeProvider time) : ITriggerAction
{
    public async ValueTask<bool> TakesAsync(TriggerContext context, CancellationToken cancellationToken) =>
        context.Wanted.Command is TriggerCommand.End or TriggerCommand.Reopen or TriggerCommand.Pushed
        && await work.PullRequestAsync(context.Info, context.Wanted.Number, cancellationToken) is not null;

    public async Task<TriggerOutcome> RunAsync(TriggerContext context, CancellationToken cancellationToken)
    {
        var ours = (await work.PullRequestAsync(context.Info, context.Wanted.Number, cancellationToken))!;
        var (changed, isBusy) = await FollowAsync(context.Repository, ours, context.Payload.Sender?.Login ?? "somebody", cancellationToken);
        if (isBusy)
        {
            // Our own push may be what this tells of; it is clear when that is stored.
            await pending.AddAsync(TaskCommands.Asked(context, ours.TaskId, PendingKind.Head, $"{context.Wanted.Key}:head"), cancellationToken);
        }

        // What people pushed, or what happened to the base while it was closed, may not fit any more.
        if (context.Settings.Conflicts && context.Wanted.Command is TriggerCommand.Reopen or TriggerCommand.Pushed
            && await context.Repository.Git.GetBranchAsync(ours.Pull.BaseRef, cancellationToken) is { } tip)
        {
            await pending.LookForConflictsAsync(ours.Pull, tip, time.GetUtcNow(), cancellationToken);
        }

        return new TriggerOutcome(changed ? DeliveryState.Acted : DeliveryState.Ignored, changed ? $"pull request #{ours.Pull.ShownNumber} is as it is on GitHub" : "nothing has changed since", ours.TaskId);
    }

    /// <summary>Brings the database to what GitHub says now.</summary>
    /// <returns>Whether something changed, and whether the head could not be looked at because it is being published or approved.</returns>
    public async Task<(bool Changed, bool IsBusy)> FollowAsync(IGitHubRepository repository, OurPullRequest ours, string by, CancellationToken cancellationToken)
    {
        var live = await repository.PullRequests.GetAsync(ours.Pull.ForgeNumber!.Value, cancellationToken);

        // The branch itself: the pull request may lag behind it.
        var head = live.State == "open" ? await repository.Git.GetBranchAsync(ours.Pull.Branch, cancellationToken) ?? live.Head.Sha : live.Head.Sha;
        var isOurs = head != ours.Pull.HeadCommit && live.State == "open" && await IsBeingApprovedAsync(repository, ours, head, cancellationToken);
        var (changed, busy) = (false, false);
        await store.ChangeAsync(
            ours.TaskId,
            (task, now, _) =>
            {
                var before = task.LastSeq;
                task.SeenOnForge();
                if (live.MergedAt is not null)
                {
                    task.MergedOnForge(live.MergeCommitSha ?? live.Head.Sha, live.MergedBy?.Login ?? by, now);
                }
                else if (live.State == "closed")
                {
                    task.ClosedOnForge(by, now);
                }
                else
                {
                    task.ReopenedOnForge(by);
                    if (isOurs || task.State == TaskState.Publishing || task.PullRequest?.HeadCommit != ours.Pull.HeadCommit)
                    {
                        // It is being published, or was while GitHub was asked: what was read may be older than what is stored.
                        busy = head != task.PullRequest?.HeadCommit;
                    }
                    else
                    {
                        task.PushedOnForge(head, by);
                    }
                }

                changed = task.LastSeq != before;
            },
            cancellationToken);
        return (changed, busy);
    }

    // Held paths are put on the branch before that is stored, and what comes between may have to be done again. As long as somebody may
    // be at it, such a commit is nobody's push.
    private async Task<bool> IsBeingApprovedAsync(IGitHubRepository repository, OurPullRequest ours, string head, CancellationToken cancellationToken)
    {
        string[] names = [repository.Name.ToString().ToLowerInvariant()];
        string[] saying = ["issue_comment", "pull_request_review", "pull_request_review_comment"];
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Deliveries.AnyAsync(one => one.State == DeliveryState.Received && saying.Contains(one.Event) && (one.Repository == null || names.Contains(one.Repository.ToLower())), cancellationToken)
            && await ApprovalCommits.AreAllAsync(repository.Git, ours.Pull.HeadCommit, head, ours.TaskId, cancellationToken);
    }
}
