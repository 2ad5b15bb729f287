using CodexService.Contracts.Api;
using CodexService.PullRequests.Forges;
using CodexService.Tasks;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.PullRequests;

namespace CodexService.PullRequests.Opening;

/// <content>A pull request that is open already: a follow-up, or another attempt in the place of the published one.</content>
internal sealed partial class PullRequestOpener
{
    private async Task MoveAsync(CodingTask task, PullRequest pull, AttemptResult result, DateTimeOffset verifiedAt, CancellationToken cancellationToken)
    {
        if (pull.State == PullRequestState.Merging)
        {
            // It is open again or merged in a moment; the next look knows.
            return;
        }

        if (pull.State != PullRequestState.Open)
        {
            await FailAsync(
                task.Id,
                $"pull request #{pull.Number} is {pull.State.ToString().ToLowerInvariant()} by now; apply the patch by hand, or submit a new task",
                cancellationToken);
            return;
        }

        var draft = await DraftAsync(task, result, verifiedAt, cancellationToken);
        switch (await forges.For(draft.Repository).MoveAsync(new PullRequestMove(pull.ShownNumber, ExpectedHead(task, pull, draft), draft), cancellationToken))
        {
            case MoveResult.Moved moved:
                // On the first base the change is all there is; on an earlier head, what was held before is in the branch still.
                IReadOnlyList<string> earlier = draft.BaseCommit == task.BaseCommit ? [] : pull.HeldForApproval;
                IReadOnlyList<string> held = [.. earlier.Union(moved.HeldForApproval, StringComparer.Ordinal)];
                var tree = moved.Rebased ? HeadTree.OnOthers : pull.ForgeNumber is null ? HeadTree.Verified : LeftOut(moved.HeldForApproval, earlier);
                await store.ChangeAsync(
                    task.Id,
                    (current, now, _) =>
                    {
                        // Between the push and this a person may have closed it: the commit is on the branch, the task says so.
                        if (current is { State: TaskState.Publishing, PullRequest.State: not PullRequestState.Open })
                        {
                            current.FailPublishing($"pull request #{pull.Number} is {current.PullRequest.State.ToString().ToLowerInvariant()} by now; the commit is on {pull.Branch}", now);
                            return;
                        }

                        current.MovePullRequest(new PullRequestHead(moved.HeadCommit, moved.Rebased ? PullRequestBody.OnOthers(draft.Body) : draft.Body, held) { Tree = tree }, now);
                    },
                    cancellationToken);
                LogMoved(pull.Number, task.Id, moved.HeadCommit);
                break;
            case MoveResult.Refused refused:
                await FailAsync(task.Id, refused.Reason, cancellationToken);
                break;
        }
    }

    // What the local review marks for a look is on the branch; GitHub's held paths are not. What earlier rounds hold was not tested with
    // this change, even where it is in the same files.
    private static HeadTree LeftOut(IReadOnlyList<string> own, IReadOnlyList<string> earlier) =>
        own.Count == 0 ? HeadTree.Verified : earlier.Count == 0 ? HeadTree.HeldLeftOut : HeadTree.MoreLeftOut;

    // A pick of the published round takes the place of what we published. Everything else expects the head that it started from: when
    // somebody pushed since, the forge sees that the branch has moved, and never takes the place of commits that are not ours.
    private static string ExpectedHead(CodingTask task, PullRequest pull, PullRequestDraft draft) =>
        draft.BaseCommit != pull.HeadCommit && task.Attempts.FirstOrDefault(attempt => attempt.Id == pull.PublishedAttemptId) is { } published
        && (published.BaseCommit ?? task.BaseCommit) == draft.BaseCommit
            ? pull.PublishedHead
            : draft.BaseCommit;
}
