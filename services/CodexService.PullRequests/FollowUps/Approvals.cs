using CodexService.Contracts.Api;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Forges;
using CodexService.PullRequests.Reporting;
using CodexService.PullRequests.Triggers;
using CodexService.Repositories;
using CodexService.Tasks;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.FollowUps;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.PullRequests;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.FollowUps;

/// <summary>
/// A person approves: the plan that waits, or else the paths that were held back from our pull request, which are then added to
/// its branch as one commit. No bot may.
/// </summary>
internal sealed class Approvals(OurWork work, PendingFollowUps pending, ForgeSelection forges, IDbContextFactory<TasksDbContext> contexts) : ITriggerAction
{
    private static readonly string[] Changes =
        [TaskEventTypes.PlanApproved, TaskEventTypes.PullRequestOpened, TaskEventTypes.PullRequestUpdated, TaskEventTypes.PullRequestPushed, TaskEventTypes.HeldPathsApproved];

    public async ValueTask<bool> TakesAsync(TriggerContext context, CancellationToken cancellationToken) =>
        context.Wanted.Command == TriggerCommand.Approve && await work.TaskAsync(context.Info, context.Wanted.Number, cancellationToken) is not null;

    public async Task<TriggerOutcome> RunAsync(TriggerContext context, CancellationToken cancellationToken)
    {
        var actor = context.Wanted.Actor!;
        var ours = (await work.TaskAsync(context.Info, context.Wanted.Number, cancellationToken))!;
        if (actor.EndsWith("[bot]", StringComparison.OrdinalIgnoreCase))
        {
            return TriggerOutcome.Refused("only a person can approve", ours.Id);
        }

        var asked = TaskCommands.Asked(context, ours.Id, PendingKind.Command, context.Wanted.Key);
        if (await pending.FindAsync(asked.Repository, asked.Key, cancellationToken) is not null)
        {
            // It was handled before, up to its last step.
            return new TriggerOutcome(DeliveryState.Acted, "it was approved before", ours.Id);
        }

        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var (said, id) = (context.SaidAt, ours.Id);
        var revision = await db.Attempts
            .Where(attempt => attempt.TaskId == id && attempt.PlanState == PlanState.Waiting && attempt.State == AttemptState.Paused)
            .OrderBy(attempt => attempt.Number)
            .Select(attempt => (int?)attempt.PlanRevision)
            .FirstOrDefaultAsync(cancellationToken);
        if (revision is not null)
        {
            return await db.TaskEvents.AnyAsync(entry => entry.TaskId == id && entry.At > said && entry.Type == TaskEventTypes.PlanProposed, cancellationToken)
                ? TriggerOutcome.Refused("the plan changed after this was said; read it and approve again", id)
                : await PlanAsync(asked, new ApprovePlanRequest(Revision: revision), cancellationToken);
        }

        // An approval holds for what there was to see when it was said.
        string? since = await db.TaskEvents
            .Where(entry => entry.TaskId == id && entry.At > said && Changes.Contains(entry.Type))
            .OrderBy(entry => entry.Seq)
            .Select(entry => entry.Type)
            .FirstOrDefaultAsync(cancellationToken);
        if (since is not null)
        {
            return TriggerOutcome.Refused(
                since == TaskEventTypes.PlanApproved
                    ? "the plan was approved already; to put what was held back on the branch, say it once more"
                    : "the pull request changed after this was said; look at it and approve again",
                ours.Id);
        }

        if (ours is { State: TaskState.Failed, Pull: null or { State: PullRequestState.Open, HeldForApproval.Count: 0 } }
            && await HeldAlone.PatchAsync(db, await db.Tasks.AsNoTracking().Include(task => task.Attempts).Include(task => task.PullRequest).SingleAsync(task => task.Id == id, cancellationToken), cancellationToken) is not null)
        {
            return TriggerOutcome.Refused("the change is of nothing but paths that only a person may change, so there is no commit to add it to. Apply it by hand: its patch is in the comment on the task", id);
        }

        return ours.Pull switch
        {
            null => TriggerOutcome.Refused("nothing waits for an approval", ours.Id),
            { State: not PullRequestState.Open } pull => TriggerOutcome.Refused($"pull request #{pull.ShownNumber} is {pull.State.ToString().ToLowerInvariant()}", ours.Id),
            { HeldForApproval.Count: 0 } => TriggerOutcome.Refused("nothing was held back: there is nothing to approve", ours.Id),
            _ when ours.State == TaskState.Publishing => TriggerOutcome.Refused("the pull request is getting a new head right now; look at it and approve again", ours.Id),
            { } pull => await HeldAsync(db, asked, pull, context.Wanted, cancellationToken),
        };
    }

    private async Task<TriggerOutcome> PlanAsync(PendingFollowUp asked, ApprovePlanRequest plan, CancellationToken cancellationToken)
    {
        try
        {
            await pending.OnceAsync(asked, (task, now) => task.ApproveProposedPlan(plan, now), cancellationToken);
            return new TriggerOutcome(DeliveryState.Acted, "the plan was approved", asked.TaskId);
        }
        catch (TaskConflictException e)
        {
            return TriggerOutcome.Refused(e.Message, asked.TaskId);
        }
    }

    private async Task<TriggerOutcome> HeldAsync(TasksDbContext db, PendingFollowUp asked, PullRequest pull, TriggerDecision.Wanted wanted, CancellationToken cancellationToken)
    {
        var (taskId, actor) = (asked.TaskId, wanted.Actor!);
        var changes = await PublishedChanges.ReadAsync(db, taskId, pull, cancellationToken);
        var reference = new PullRequestReference(
            taskId, RepositoryAddress.Parse(pull.Repository), pull.BaseRef, pull.Branch, pull.HeadCommit, pull.Title, pull.ForgeNumber, pull.CreatedAt) { RepositoryId = pull.RepositoryId };
        switch (await forges.For(reference.Repository).ApproveHeldAsync(new HeldApproval(reference, pull.HeldForApproval, changes, actor) { ApprovedById = wanted.ActorId }, cancellationToken))
        {
            case ApproveResult.Approved approved:
                await pending.OnceAsync(asked, (task, _) => task.ApproveHeldPaths(approved.HeadCommit, actor, approved.ByHand?.Paths ?? []), cancellationToken);
                return Approved(taskId, pull, approved);
            case ApproveResult.NothingHeld:
                return TriggerOutcome.Refused("nothing was held back: what was marked for a look is on the branch already", taskId);
            case ApproveResult.Refused refused:
                return TriggerOutcome.Refused(refused.Reason, taskId);
            default:
                throw new InvalidOperationException("an approval is approved, empty or refused");
        }
    }

    private static TriggerOutcome Approved(Guid taskId, PullRequest pull, ApproveResult.Approved approved)
    {
        var written = pull.HeldForApproval.Count - (approved.ByHand?.Paths.Count ?? 0);
        var decision = $"{written} held {(written == 1 ? "path was" : "paths were")} put on the branch";
        if (approved.ByHand is not { } byHand)
        {
            return new TriggerOutcome(DeliveryState.Acted, decision, taskId);
        }

        var line = $"{byHand.Reason}. Apply the change of {string.Join(", ", byHand.Paths.Take(5))}{(byHand.Paths.Count > 5 ? $" and {byHand.Paths.Count - 5} more" : "")} by hand";
        return new TriggerOutcome(DeliveryState.Acted, written > 0 ? $"{decision}; {line}" : line, taskId)
        {
            Reply = $"{line}.{(written > 0 ? " The rest of what you approved is on the branch." : "")}",
            ReplyDetails = PatchByHandComment.Write(pull.Branch, byHand.Patch),
        };
    }
}
