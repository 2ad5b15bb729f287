using CodexService.GitHub.Rest;
using CodexService.Repositories.Publishing;

namespace CodexService.PullRequests.Forges.GitHub;

/// <content>Paths that were held back and that a person approved.</content>
internal sealed partial class GitHubForge
{
    private const int MostApprovals = 20;

    public Task<ApproveResult> ApproveHeldAsync(HeldApproval approval, CancellationToken cancellationToken) =>
        Ending<ApproveResult>(() => ApproveOnceAsync(approval, cancellationToken), reason => new ApproveResult.Refused(reason));

    private async Task<ApproveResult> ApproveOnceAsync(HeldApproval approval, CancellationToken cancellationToken)
    {
        var pull = approval.PullRequest;
        var target = await GitHubTarget.FindAsync(github, pull.Repository, cancellationToken);
        if (Unwritable(target) is { } unwritable)
        {
            return new ApproveResult.Refused(unwritable);
        }

        if (await target.Calls.Git.GetBranchAsync(pull.Branch, cancellationToken) is not { } head)
        {
            return new ApproveResult.Refused($"the branch {pull.Branch} is gone from {target.Calls.Name}; restore it and approve again");
        }

        var isMoved = !await IsApprovedHeadAsync(target.Calls.Git, head, pull, cancellationToken);
        foreach (var change in approval.Changes)
        {
            var held = change.MergedCommit is { } merged
                ? await trees.ReadHeldOfMergeAsync(target.Address, change.BaseCommit, merged, change.Patch, approval.Paths, head, cancellationToken)
                : await trees.ReadHeldAsync(target.Address, change.BaseCommit, change.Patch, approval.Paths, cancellationToken);
            if (held is null)
            {
                return new ApproveResult.Refused($"somebody rewrote the branch {pull.Branch} of {target.Calls.Name}; apply the held part by hand");
            }

            if (held.Changes.Count == 0)
            {
                continue;
            }

            switch (await trees.RebaseAsync(held, held.Parent, head, cancellationToken))
            {
                case RebaseOutcome.Done { Tree.Changes.Count: 0 }:
                    // An earlier try, or a person, put it there.
                    break;
                case RebaseOutcome.Done when isMoved:
                    return new ApproveResult.Refused($"somebody pushed to {pull.Branch} since it was looked at; look at it and approve again");
                case RebaseOutcome.Done done:
                    head = await ReplaceAsync(target, done.Tree, pull.Branch, head, Message(approval), pull.At, cancellationToken);
                    break;
                case RebaseOutcome.Conflict conflict:
                    return new ApproveResult.Refused($"the held part conflicts with the branch in {Named(conflict.Paths)}; apply it by hand");
                default:
                    return new ApproveResult.Refused($"somebody rewrote the branch {pull.Branch} of {target.Calls.Name}; apply the held part by hand");
            }
        }

        return new ApproveResult.Approved(head);
    }

    // Where it was when it was approved, with nothing but commits of the same approval on it: a try may end after the first of them.
    private static async Task<bool> IsApprovedHeadAsync(IGitData git, string head, PullRequestReference pull, CancellationToken cancellationToken)
    {
        for (var steps = 0; steps < MostApprovals && head != pull.HeadCommit; steps++)
        {
            var commit = await git.GetCommitAsync(head, cancellationToken);
            if (!commit.Message.Contains(Trailer(pull.TaskId), StringComparison.Ordinal) || commit.Parents is not [var parent])
            {
                return false;
            }

            head = parent.Sha;
        }

        return head == pull.HeadCommit;
    }

    private static string Message(HeldApproval approval)
    {
        var login = TaskTrailers.IsPerson(approval.ApprovedBy) ? approval.ApprovedBy : null;
        return $"Add what was held back for approval\n\n{Trailer(approval.PullRequest.TaskId)}\n{(login is null ? "" : $"Co-authored-by: {login} <{login}@users.noreply.github.com>\n")}";
    }

    // Not the trailer of the task's own commits, by which those are found.
    private static string Trailer(Guid taskId) => $"Codex-Approval: {taskId:D}";
}
