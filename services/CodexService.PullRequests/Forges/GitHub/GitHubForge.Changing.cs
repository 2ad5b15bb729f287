using System.Net;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.Repositories;
using CodexService.Repositories.Publishing;

namespace CodexService.PullRequests.Forges.GitHub;

/// <content>Pull requests that are there: moved, merged, closed.</content>
internal sealed partial class GitHubForge
{
    public Task<MoveResult> MoveAsync(PullRequestMove move, CancellationToken cancellationToken) =>
        Ending<MoveResult>(() => MoveOnceAsync(move, cancellationToken), reason => new MoveResult.Refused(reason));

    public Task<MergeResult> MergeAsync(PullRequestReference pullRequest, CancellationToken cancellationToken) =>
        Ending<MergeResult>(() => MergeOnceAsync(pullRequest, cancellationToken), reason => new MergeResult.Refused(reason, []));

    public Task<CloseResult> CloseAsync(PullRequestReference pullRequest, CancellationToken cancellationToken) =>
        Ending<CloseResult>(() => CloseOnceAsync(pullRequest, cancellationToken), reason => new CloseResult.Refused(reason));

    private async Task<MoveResult> MoveOnceAsync(PullRequestMove move, CancellationToken cancellationToken)
    {
        var draft = move.Change;
        var target = await GitHubTarget.FindAsync(github, draft.Repository, draft.RepositoryId, cancellationToken);
        if (Unwritable(target) is { } unwritable)
        {
            return new MoveResult.Refused(unwritable);
        }

        var pull = await target.Calls.PullRequests.GetAsync(move.Number, cancellationToken);
        if (pull.State != "open")
        {
            return new MoveResult.Refused($"pull request #{move.Number} is {State(pull)} by now; reopen it and try again, or submit a new task");
        }

        if (await target.Calls.Git.GetBranchAsync(draft.Branch, cancellationToken) is not { } head)
        {
            return new MoveResult.Refused($"the branch {draft.Branch} is gone from {target.Calls.Name}; restore it at {move.ExpectedHead[..12]} and try again");
        }

        PatchedTree tree;
        try
        {
            tree = draft.MergedCommit is { } merged
                ? await trees.ReadMergeAsync(target.Address, draft.BaseCommit, merged, draft.Patch, cancellationToken)
                : await trees.ReadAsync(target.Address, draft.BaseCommit, draft.Patch, cancellationToken);
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.UnknownRef && head != move.ExpectedHead)
        {
            return Rewritten(target, move);
        }

        if (OnlyHeld(tree) is { } onlyHeld)
        {
            return new MoveResult.Refused(onlyHeld);
        }

        var result = head == move.ExpectedHead
            ? new MoveResult.Moved(await ReplaceAsync(target, tree, draft.Branch, head, TaskTrailers.Write(draft, Host), draft.At, cancellationToken), tree.Held, Adopted: false)
            : await OntoOthersAsync(target, move, tree, head, cancellationToken);
        var told = result is MoveResult.Moved { Rebased: true } ? draft with { Body = PullRequestBody.OnOthers(draft.Body) } : draft;
        if (result is MoveResult.Moved && GitHubBody.Update(pull.Body, told) is { } body && body != pull.Body)
        {
            await TryAsync(move.Number, "write its new text", () => target.Calls.PullRequests.UpdateAsync(move.Number, new PullRequestUpdate { Body = body }, cancellationToken));
        }

        return result;
    }

    /// <summary>The branch is not where it was expected: an earlier try moved it, or people pushed, whose commits stay.</summary>
    private async Task<MoveResult> OntoOthersAsync(GitHubTarget target, PullRequestMove move, PatchedTree tree, string head, CancellationToken cancellationToken)
    {
        var draft = move.Change;
        var at = await target.Calls.Git.GetCommitAsync(head, cancellationToken);
        if (at.Tree.Sha == tree.Tree && TaskTrailers.Names(at.Message, draft.TaskId) && at.Parents.Select(parent => parent.Sha).SequenceEqual(tree.Parents, StringComparer.Ordinal))
        {
            return new MoveResult.Moved(head, tree.Held, Adopted: true);
        }

        switch (await trees.RebaseAsync(tree, move.ExpectedHead, head, cancellationToken))
        {
            case RebaseOutcome.Done { Tree: { Changes.Count: 0 } }:
                // All of it is there: an earlier try put it on top of theirs.
                return new MoveResult.Moved(head, tree.Held, Adopted: true) { Rebased = true };
            case RebaseOutcome.Done done:
                var commit = await ReplaceAsync(target, done.Tree, draft.Branch, head, TaskTrailers.Write(draft, Host), draft.At, cancellationToken);
                return new MoveResult.Moved(commit, tree.Held, Adopted: false) { Rebased = true };
            case RebaseOutcome.Conflict conflict:
                return new MoveResult.Refused($"somebody pushed to {draft.Branch} meanwhile, and the change conflicts with their commits in {Named(conflict.Paths)}; ask for it again on the present head");
            default:
                return Rewritten(target, move);
        }
    }

    private static MoveResult.Refused Rewritten(GitHubTarget target, PullRequestMove move) => new(
        $"somebody rewrote the branch {move.Change.Branch} of {target.Calls.Name} ({move.ExpectedHead[..12]} is no longer in it), which is not overwritten; put it back, or apply the patch by hand");

    private async Task<MergeResult> MergeOnceAsync(PullRequestReference pullRequest, CancellationToken cancellationToken)
    {
        var number = Number(pullRequest);
        var target = await GitHubTarget.FindAsync(github, pullRequest.Repository, pullRequest.RepositoryId, cancellationToken);
        var pulls = target.Calls.PullRequests;
        var pull = await pulls.GetAsync(number, cancellationToken);
        if (pull is { MergedAt: not null, MergeCommitSha: { } earlier })
        {
            return pull.Head.Sha == pullRequest.HeadCommit
                ? new MergeResult.Merged(earlier)
                : Refused($"pull request #{number} was merged with another head ({pull.Head.Sha[..12]}) than the one that was approved");
        }

        if ((Unwritable(target) ?? (pull.State == "open" ? null : $"pull request #{number} is closed on GitHub; reopen it there and merge again")) is { } reason)
        {
            return Refused(reason);
        }

        if (await target.Calls.Git.GetBranchAsync(pullRequest.BaseBranch, cancellationToken) is null)
        {
            return Refused($"the base branch {pullRequest.BaseBranch} is gone from {target.Calls.Name}; restore it and try again");
        }

        var head = await target.Calls.Git.GetBranchAsync(pullRequest.Branch, cancellationToken);
        if (head != pullRequest.HeadCommit)
        {
            return Refused(head is null
                ? $"the branch {pullRequest.Branch} is gone from {target.Calls.Name}; restore it and try again"
                : $"the branch {pullRequest.Branch} changed after the review ({pullRequest.HeadCommit[..12]} became {head[..12]}); review and merge it on GitHub");
        }

        try
        {
            await pulls.MarkReadyAsync(pull, cancellationToken);
            var title = ForeignText.OneLine(CommitMessage.ForMerge(pullRequest).Split('\n')[0]);
            return new MergeResult.Merged(await MergeAsync(pulls, number, pullRequest.HeadCommit, title, MergeMethods.Of(target.Info), cancellationToken));
        }
        catch (GitHubException e) when (e.Failure is GitHubFailure.Refused or GitHubFailure.Conflict or GitHubFailure.Unavailable)
        {
            // A lost answer looks like a refusal when the call is repeated.
            if (await pulls.GetAsync(number, cancellationToken) is { MergedAt: not null, MergeCommitSha: { } merged } now && now.Head.Sha == pullRequest.HeadCommit)
            {
                return new MergeResult.Merged(merged);
            }

            if (e.IsPassing)
            {
                throw;
            }

            var conflicts = await trees.ConflictsAsync(target.Address, pullRequest.BaseBranch, pullRequest.Branch, cancellationToken);
            return conflicts.Count > 0
                ? new MergeResult.Refused($"{pullRequest.Branch} conflicts with {pullRequest.BaseBranch} in {Named(conflicts)}; resolve the conflicts first", conflicts)
                : Refused(e.Message);
        }

        static MergeResult.Refused Refused(string why) => new(why, []);
    }

    // What a branch's rules forbid, as a linear history does, is seen only when it is tried. What is told is what stands against the first.
    private static async Task<string> MergeAsync(IPullRequests pulls, int number, string head, string title, IReadOnlyList<string> methods, CancellationToken cancellationToken)
    {
        try
        {
            return await pulls.MergeAsync(number, head, title, methods[0], cancellationToken);
        }
        catch (GitHubException first) when (first.Status == HttpStatusCode.MethodNotAllowed && methods.Count > 1)
        {
            foreach (var method in methods.Skip(1))
            {
                try
                {
                    return await pulls.MergeAsync(number, head, title, method, cancellationToken);
                }
                catch (GitHubException e) when (e.Status == HttpStatusCode.MethodNotAllowed)
                {
                    // The next one.
                }
            }

            throw;
        }
    }

    private async Task<CloseResult> CloseOnceAsync(PullRequestReference pullRequest, CancellationToken cancellationToken)
    {
        var number = Number(pullRequest);
        var target = await GitHubTarget.FindAsync(github, pullRequest.Repository, pullRequest.RepositoryId, cancellationToken);
        var pull = await target.Calls.PullRequests.GetAsync(number, cancellationToken);
        if (pull.MergedAt is not null)
        {
            return new CloseResult.Refused($"pull request #{number} is merged already");
        }

        if (pull.State == "open")
        {
            await target.Calls.PullRequests.UpdateAsync(number, new PullRequestUpdate { State = "closed" }, cancellationToken);
        }

        return new CloseResult.Closed();
    }

    private static int Number(PullRequestReference pullRequest) =>
        pullRequest.Number ?? throw new RepositoryException(RepositoryErrorKind.PushRefused, $"the pull request of {pullRequest.Branch} has no number on GitHub; look at it there");

    private static string State(PullRequestInfo pull) => pull.MergedAt is null ? pull.State : "merged";

    private static string Named(IReadOnlyList<string> paths) =>
        string.Join(", ", paths.Take(5).Select(path => ForeignText.Shorten(ForeignText.OneLine(ForeignText.Clean(path)), 200))) + (paths.Count > 5 ? $" and {paths.Count - 5} more" : "");
}
