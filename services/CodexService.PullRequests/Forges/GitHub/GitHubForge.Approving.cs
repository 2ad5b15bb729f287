using System.Text;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.Repositories;
using CodexService.Repositories.Publishing;

namespace CodexService.PullRequests.Forges.GitHub;

/// <content>Paths that were held back and that a person approved.</content>
internal sealed partial class GitHubForge
{
    public Task<ApproveResult> ApproveHeldAsync(HeldApproval approval, CancellationToken cancellationToken) =>
        Ending<ApproveResult>(() => ApproveOnceAsync(approval, cancellationToken), reason => new ApproveResult.Refused(reason));

    private async Task<ApproveResult> ApproveOnceAsync(HeldApproval approval, CancellationToken cancellationToken)
    {
        var pull = approval.PullRequest;
        var target = await GitHubTarget.FindAsync(github, pull.Repository, pull.RepositoryId, cancellationToken);
        if (Unwritable(target) is { } unwritable)
        {
            return new ApproveResult.Refused(unwritable);
        }

        if (await target.Calls.Git.GetBranchAsync(pull.Branch, cancellationToken) is not { } head)
        {
            return new ApproveResult.Refused($"the branch {pull.Branch} is gone from {target.Calls.Name}; restore it and approve again");
        }

        // Workflows last, as these are what GitHub may refuse.
        var isMoved = !await ApprovalCommits.AreAllAsync(target.Calls.Git, pull.HeadCommit, head, pull.TaskId, cancellationToken);
        var workflows = approval.Paths.Where(IsWorkflow).ToList();
        var (at, refusal) = await AddAsync(target, approval, [.. approval.Paths.Except(workflows, StringComparer.Ordinal)], head, isMoved, cancellationToken);
        if (refusal is not null || workflows.Count == 0)
        {
            return refusal is null ? new ApproveResult.Approved(at) : new ApproveResult.Refused(refusal);
        }

        try
        {
            (at, refusal) = await AddAsync(target, approval, workflows, at, isMoved, cancellationToken);
        }
        catch (Exception e) when (IsRefusalOfWorkflows(e))
        {
            refusal = "GitHub lets me write no workflow files, on purpose: they run with the repository's own rights";
            isMoved = false;
        }

        return refusal is null
            ? new ApproveResult.Approved(at)
            : isMoved
                ? new ApproveResult.Refused(refusal)
                : new ApproveResult.Approved(at) { ByHand = new PatchByHand(workflows, refusal, await PatchAsync(target, approval, workflows, at, cancellationToken)) };
    }

    private async Task<(string Head, string? Refusal)> AddAsync(
        GitHubTarget target, HeldApproval approval, List<string> paths, string head, bool isMoved, CancellationToken cancellationToken)
    {
        var pull = approval.PullRequest;
        foreach (var change in paths.Count == 0 ? [] : approval.Changes)
        {
            if (await HeldAsync(target, change, paths, head, cancellationToken) is not { } held)
            {
                return (head, $"somebody rewrote the branch {pull.Branch} of {target.Calls.Name}; apply the held part by hand");
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
                    return (head, $"somebody pushed to {pull.Branch} since it was looked at; look at it and approve again");
                case RebaseOutcome.Done done:
                    head = await ReplaceAsync(target, done.Tree, pull.Branch, head, Message(approval), pull.At, cancellationToken);
                    break;
                case RebaseOutcome.Conflict conflict:
                    return (head, $"the held part conflicts with the branch in {Named(conflict.Paths)}; apply it by hand");
                default:
                    return (head, $"somebody rewrote the branch {pull.Branch} of {target.Calls.Name}; apply the held part by hand");
            }
        }

        return (head, null);
    }

    // Of a path that several changes touch the newest says what it is to be.
    private async Task<string> PatchAsync(GitHubTarget target, HeldApproval approval, List<string> paths, string head, CancellationToken cancellationToken)
    {
        var left = paths.ToHashSet(StringComparer.Ordinal);
        var patch = new StringBuilder();
        foreach (var change in approval.Changes.Reverse())
        {
            if (await HeldAsync(target, change, left, head, cancellationToken) is { Changes.Count: > 0 } held)
            {
                var onHead = await trees.RebaseAsync(held, held.Parent, head, cancellationToken) as RebaseOutcome.Done;
                patch.Append(await trees.PatchAsync(onHead?.Tree ?? held, cancellationToken));
                left.ExceptWith(held.Changes.Select(one => one.Path));
            }
        }

        return patch.ToString();
    }

    private async Task<PatchedTree?> HeldAsync(GitHubTarget target, HeldChange change, IReadOnlyCollection<string> paths, string head, CancellationToken cancellationToken) => change.MergedCommit is { } merged
        ? await trees.ReadHeldOfMergeAsync(target.Address, change.BaseCommit, merged, change.Patch, paths, head, cancellationToken)
        : await trees.ReadHeldAsync(target.Address, change.BaseCommit, change.Patch, paths, cancellationToken);

    // What GitHub itself treats so: .github/actions and the rest can be written.
    private static bool IsWorkflow(string path) => path.StartsWith(".github/workflows/", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Without the permission "workflows" GitHub answers that it does not find the tree (404) or that the integration may not (403), and to a
    /// push "refusing to allow a GitHub App to create or update workflow". The same calls have just made the branch, so that it is not the
    /// repository that is missing.
    /// </summary>
    private static bool IsRefusalOfWorkflows(Exception e) => e switch
    {
        GitHubException refused => refused.Failure is GitHubFailure.Permission or GitHubFailure.NotFound || (!refused.IsPassing && refused.Message.Contains("workflow", StringComparison.OrdinalIgnoreCase)),
        RepositoryException { Kind: RepositoryErrorKind.PushRefused } refused => refused.Message.Contains("workflow", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    private string Message(HeldApproval approval) =>
        $"Add what was held back for approval\n\n{ApprovalCommits.Trailer(approval.PullRequest.TaskId)}\n{TaskTrailers.CoAuthor(approval.ApprovedBy, approval.ApprovedById, Host)}";
}
