using CodexService.Repositories;
using CodexService.Repositories.Publishing;

namespace CodexService.PullRequests.Forges;

/// <summary>
/// The built-in review: the branch is made in the target repository itself (a folder or a remote that takes pushes),
/// and the dashboard shows and merges the pull request.
/// </summary>
internal sealed class LocalForge(BranchPublisher publisher, BranchMerger merger) : IForge
{
    public string Name => "local";

    public async Task<OpenResult> OpenAsync(PullRequestDraft draft, CancellationToken cancellationToken)
    {
        try
        {
            var branch = await publisher.PublishAsync(
                new PublishRequest(draft.Repository, draft.BaseCommit, draft.Patch, draft.Branch, draft.CommitMessage, draft.At),
                cancellationToken);
            return new OpenResult.Opened(branch.Commit, branch.Held, Number: null, Url: null, branch.Adopted);
        }
        catch (RepositoryException e) when (e.Kind is RepositoryErrorKind.PatchRefused or RepositoryErrorKind.PushRefused or RepositoryErrorKind.UnknownRef)
        {
            return new OpenResult.Refused(e.Message);
        }
    }

    public async Task<MoveResult> MoveAsync(PullRequestMove move, CancellationToken cancellationToken)
    {
        var change = move.Change;
        try
        {
            var branch = await publisher.PublishAsync(
                new PublishRequest(change.Repository, change.BaseCommit, change.Patch, change.Branch, change.CommitMessage, change.At)
                {
                    ExpectedHead = move.ExpectedHead,
                    MergedCommit = change.MergedCommit,
                },
                cancellationToken);
            return new MoveResult.Moved(branch.Commit, branch.Held, branch.Adopted) { Rebased = branch.Rebased };
        }
        catch (RepositoryException e) when (e.Kind is RepositoryErrorKind.PatchRefused or RepositoryErrorKind.PushRefused or RepositoryErrorKind.UnknownRef)
        {
            return new MoveResult.Refused(e.Message);
        }
    }

    public async Task<MergeResult> MergeAsync(PullRequestReference pullRequest, CancellationToken cancellationToken)
    {
        var outcome = await merger.MergeAsync(
            new MergeRequest(
                pullRequest.Repository,
                pullRequest.Branch,
                pullRequest.HeadCommit,
                pullRequest.BaseBranch,
                CommitMessage.ForMerge(pullRequest),
                pullRequest.At),
            cancellationToken);
        return outcome.Merged ? new MergeResult.Merged(outcome.Commit!) : new MergeResult.Refused(outcome.Reason, outcome.Conflicts);
    }

    public Task<CloseResult> CloseAsync(PullRequestReference pullRequest, CancellationToken cancellationToken) =>
        Task.FromResult<CloseResult>(new CloseResult.Closed());

    public Task<ApproveResult> ApproveHeldAsync(HeldApproval approval, CancellationToken cancellationToken) =>
        Task.FromResult<ApproveResult>(new ApproveResult.NothingHeld());
}
