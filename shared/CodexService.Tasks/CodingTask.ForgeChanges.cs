using CodexService.Contracts.Api;
using CodexService.Tasks.Persistence;

namespace CodexService.Tasks;

/// <content>What people do to the pull request on its forge: recorded as it is there, and each time once.</content>
public sealed partial class CodingTask
{
    private const string PullRequestMerged = "its pull request was merged";
    private const string PullRequestClosed = "its pull request was closed";

    /// <summary>It was merged on the forge. Work that goes on is stopped.</summary>
    public void MergedOnForge(string mergeCommit, string by, DateTimeOffset now)
    {
        if (PullRequest is null or { State: PullRequestState.Merged })
        {
            return;
        }

        PullRequest.Merge(mergeCommit, now);
        Append(
            TaskEventTypes.PullRequestMerged,
            null,
            $"{StorableText.Line(by, 100)} merged pull request #{PullRequest.ShownNumber} into {PullRequest.BaseRef}",
            new { number = PullRequest.Number, merge_commit = mergeCommit, by });
        StopWork(PullRequestMerged, now);
    }

    /// <summary>It was closed on the forge without a merge. Work that goes on is stopped.</summary>
    public void ClosedOnForge(string by, DateTimeOffset now)
    {
        if (PullRequest is not { State: PullRequestState.Open or PullRequestState.Merging })
        {
            PullRequest?.ToldClose();
            return;
        }

        PullRequest.Close(now, isToldTheForge: true);
        Append(
            TaskEventTypes.PullRequestClosed, null, $"{StorableText.Line(by, 100)} closed pull request #{PullRequest.ShownNumber}", new { number = PullRequest.Number, by });
        StopWork(PullRequestClosed, now);
    }

    /// <summary>It was opened again on the forge.</summary>
    public void ReopenedOnForge(string by)
    {
        // One that was closed here is open there until its forge is told.
        if (PullRequest is { State: PullRequestState.Closed, IsCloseUntold: false } pull)
        {
            pull.Reopen();
            Append(TaskEventTypes.PullRequestReopened, null, $"{StorableText.Line(by, 100)} opened pull request #{pull.ShownNumber} again", new { number = pull.Number, by });
        }
    }

    /// <summary>The forge knows that it is closed.</summary>
    public void ToldClose() => PullRequest?.ToldClose();

    /// <summary>Somebody else pushed to the branch: the next follow-up starts from there.</summary>
    /// <param name="commit">The branch's head now.</param>
    /// <param name="by">Who pushed; foreign text.</param>
    /// <exception cref="TaskConflictException">The pull request is being published; its forge looks at the branch then.</exception>
    public void PushedOnForge(string commit, string by)
    {
        if (PullRequest is not { } pull || pull.HeadCommit == commit)
        {
            return;
        }

        if (State == TaskState.Publishing)
        {
            throw new TaskConflictException($"Pull request #{pull.ShownNumber} is getting a new head right now.");
        }

        var previous = pull.HeadCommit;
        pull.Pushed(commit);
        Append(
            TaskEventTypes.PullRequestPushed,
            null,
            $"{StorableText.Line(by, 100)} pushed to {pull.Branch}: pull request #{pull.ShownNumber} is at {StorableText.Shorten(commit, 10)} now",
            new { number = pull.Number, by, head_commit = commit, previous_head = previous });
    }

    /// <summary>A person approved the held paths, and they are on the branch now, or with that person. Doing so twice is harmless.</summary>
    /// <param name="head">The branch's head now.</param>
    /// <param name="by">Who approved; foreign text.</param>
    /// <param name="byHand">Those of them that the person has to put on the branch.</param>
    public void ApproveHeldPaths(string head, string by, IReadOnlyCollection<string> byHand)
    {
        if (PullRequest is not { HeldForApproval.Count: > 0 } pull)
        {
            return;
        }

        var paths = pull.HeldForApproval;
        pull.ApproveHeld(head, byHand.Count > 0);
        Append(
            TaskEventTypes.HeldPathsApproved,
            null,
            $"{StorableText.Line(by, 100)} approved {string.Join(", ", paths)}{(byHand.Count == 0 ? "" : $"; to be applied by hand: {string.Join(", ", byHand)}")}",
            new { number = pull.Number, by, paths, by_hand = byHand, head_commit = head });
    }

    /// <summary>From the next round on plans wait for a person's approval.</summary>
    internal void AskForPlans() => ApprovePlan = true;

    // A pull request that is being published is left to the publisher, which sees that it is no longer open.
    private void StopWork(string reason, DateTimeOffset now)
    {
        if (!IsTerminal && State != TaskState.Publishing)
        {
            Stop($"The work stops: {reason}", reason, now);
        }
    }
}
