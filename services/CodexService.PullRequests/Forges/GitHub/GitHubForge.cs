using CodexService.GitHub;
using CodexService.GitHub.Configuration;
using CodexService.GitHub.Rest;
using CodexService.Repositories;
using CodexService.Repositories.Publishing;
using Microsoft.Extensions.Options;

namespace CodexService.PullRequests.Forges.GitHub;

/// <summary>
/// Pull requests on GitHub. Every step first looks for what an earlier try left: a branch by its name and the task named in its
/// commit, a pull request by its branch and the task named in its body. So however often a try is cut short, one branch, one commit
/// and one pull request come of it.
/// </summary>
internal sealed partial class GitHubForge(IGitHub github, PatchedTrees trees, IOptions<GitHubForgeOptions> options, ILogger<GitHubForge> logger) : IForge
{
    private const int LargestTemplate = 32 << 10;
    private readonly GitHubCommits commits = new(trees, options.Value);

    public string Name => "github";

    private Uri Host => GitHubHost.Of(github.ApiUrl);

    public bool Serves(RepositoryAddress repository) => github.Access != GitHubAccess.None && GitHubTarget.Name(github, repository) is not null;

    public Task<RepositoryAddress> ReadableAsync(RepositoryAddress repository, CancellationToken cancellationToken) => Ending(
        async () => repository.WithToken(await github.Repository(GitHubTarget.Name(github, repository)!).GetTokenAsync(cancellationToken)),
        reason => throw new RepositoryException(RepositoryErrorKind.PushRefused, reason));

    public Task<OpenResult> OpenAsync(PullRequestDraft draft, CancellationToken cancellationToken) =>
        Ending<OpenResult>(() => OpenOnceAsync(draft, cancellationToken), reason => new OpenResult.Refused(reason));

    private async Task<OpenResult> OpenOnceAsync(PullRequestDraft draft, CancellationToken cancellationToken)
    {
        var target = await GitHubTarget.FindAsync(github, draft.Repository, draft.RepositoryId, cancellationToken);
        var calls = target.Calls;
        if (Unwritable(target) is { } unwritable)
        {
            return new OpenResult.Refused(unwritable);
        }

        if (await calls.Git.GetBranchAsync(draft.BaseBranch, cancellationToken) is null)
        {
            return new OpenResult.Refused($"the base branch {draft.BaseBranch} is gone from {calls.Name}; restore it and try again, or submit the task for another branch");
        }

        var tree = await trees.ReadAsync(target.Address, draft.BaseCommit, draft.Patch, cancellationToken);
        if (OnlyHeld(tree) is { } onlyHeld)
        {
            return new OpenResult.Refused(onlyHeld);
        }

        if (await BranchAsync(target, draft, tree, cancellationToken) is not { } branch)
        {
            return new OpenResult.Refused($"{calls.Name} already has a branch {draft.Branch} with another change; rename or delete it and try again");
        }

        var (pull, found) = await PullRequestAsync(target, draft, branch.Name, cancellationToken);
        return new OpenResult.Opened(branch.Head, tree.Held, pull.Number, pull.HtmlUrl, branch.Adopted || found)
        {
            Branch = branch.Name == draft.Branch ? null : branch.Name,
            UnderOthers = branch.UnderOthers,
            RepositoryId = target.Info.Id,
            IsClosed = pull.State != "open",
            MergeCommit = pull.MergedAt is null ? null : pull.MergeCommitSha ?? pull.Head.Sha,
        };
    }

    /// <summary>The branch with the change; <see langword="null"/> when both names that it may have are somebody else's.</summary>
    private async Task<(string Name, string Head, bool Adopted, string? UnderOthers)?> BranchAsync(GitHubTarget target, PullRequestDraft draft, PatchedTree tree, CancellationToken cancellationToken)
    {
        var other = BranchName.Other(draft.Branch, draft.TaskId);
        string[] names = draft.Branch.EndsWith(other[draft.Branch.Length..], StringComparison.Ordinal) ? [draft.Branch] : [draft.Branch, other];
        foreach (var name in names)
        {
            var head = await target.Calls.Git.GetBranchAsync(name, cancellationToken);
            if (head is null)
            {
                if (await MakeBranchAsync(target, draft, tree, name, cancellationToken) is { } made)
                {
                    return (name, made, false, null);
                }

                // Somebody was quicker: another process with the same task, or another task with the same name.
                head = await target.Calls.Git.GetBranchAsync(name, cancellationToken) ?? throw new GitHubException(GitHubFailure.Unavailable, $"the branch {name} comes and goes");
            }

            if (await GitHubCommits.FindAsync(target.Calls.Git, head, draft.TaskId, draft.BaseCommit, cancellationToken) is not { } ours)
            {
                continue;
            }

            if (ours.Tree.Sha == tree.Tree && ours.Parents.Any(parent => parent.Sha == draft.BaseCommit))
            {
                return (name, head, true, ours.Sha == head ? null : ours.Sha);
            }

            if (ours.Sha != head)
            {
                throw new RepositoryException(RepositoryErrorKind.PushRefused, $"the branch {name} of {target.Calls.Name} holds another change of this task with commits of others on it; delete it and try again");
            }

            // An earlier choice of the same task that never became a pull request.
            return (name, await ReplaceAsync(target, tree, name, head, TaskTrailers.Write(draft, Host), draft.At, cancellationToken), false, null);
        }

        return null;
    }

    /// <summary>The new branch's commit; <see langword="null"/> when the branch is there by now.</summary>
    private async Task<string?> MakeBranchAsync(GitHubTarget target, PullRequestDraft draft, PatchedTree tree, string name, CancellationToken cancellationToken)
    {
        var message = TaskTrailers.Write(draft, Host);
        if (commits.IsTooLarge(tree))
        {
            return await trees.PushAsync(tree, name, expectedHead: null, message, draft.At, cancellationToken);
        }

        var commit = await commits.MakeAsync(target.Calls.Git, tree, message, cancellationToken);
        try
        {
            await target.Calls.Git.CreateBranchAsync(name, commit, cancellationToken);
            return commit;
        }
        catch (GitHubException e) when (e.Failure == GitHubFailure.Refused)
        {
            if (await target.Calls.Git.GetBranchAsync(name, cancellationToken) is null)
            {
                throw;
            }

            return null;
        }
    }

    /// <summary>Puts the branch at a commit with the tree, in the place of <paramref name="head"/> or on top of it.</summary>
    private async Task<string> ReplaceAsync(GitHubTarget target, PatchedTree tree, string branch, string head, string message, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (commits.IsTooLarge(tree))
        {
            return await trees.PushAsync(tree, branch, head, message, at, cancellationToken);
        }

        var commit = await commits.MakeAsync(target.Calls.Git, tree, message, cancellationToken);
        var isOnTop = tree.Parent == head;
        if (!isOnTop && await target.Calls.Git.GetBranchAsync(branch, cancellationToken) != head)
        {
            // GitHub's API moves a branch by force without a condition, so the moment for somebody else's push is kept short.
            throw new RepositoryException(RepositoryErrorKind.Unreachable, $"somebody pushed to {branch} at this moment");
        }

        try
        {
            await target.Calls.Git.UpdateBranchAsync(branch, commit, force: !isOnTop, cancellationToken);
            return commit;
        }
        catch (GitHubException e) when (e.Failure == GitHubFailure.Refused)
        {
            // A push between the look and this is no fast-forward: the next look goes on from there.
            if (await target.Calls.Git.GetBranchAsync(branch, cancellationToken) is not { } now || now == head)
            {
                throw;
            }

            return now == commit ? commit : throw new RepositoryException(RepositoryErrorKind.Unreachable, $"somebody pushed to {branch} at this moment", e);
        }
    }

    private async Task<(PullRequestInfo Pull, bool Found)> PullRequestAsync(GitHubTarget target, PullRequestDraft draft, string branch, CancellationToken cancellationToken)
    {
        if (await FindPullRequestAsync(target, draft, branch, cancellationToken) is { } earlier)
        {
            return (earlier, true);
        }

        var template = await trees.ReadFirstAsync(target.Address, draft.BaseCommit, GitHubBody.TemplatePaths, LargestTemplate, cancellationToken);
        var wanted = new NewPullRequest(draft.Title, branch, draft.BaseBranch, GitHubBody.Write(draft, template), options.Value.OpenAsDraft);
        try
        {
            return (await CreateAsync(target.Calls.PullRequests, wanted, cancellationToken), false);
        }
        catch (GitHubException e) when (e.Failure is GitHubFailure.Refused or GitHubFailure.Unavailable)
        {
            // It may have been opened all the same. While that is not known, nothing is final.
            try
            {
                if (await FindPullRequestAsync(target, draft, branch, cancellationToken) is { } made)
                {
                    return (made, true);
                }
            }
            catch (GitHubException look) when (e.IsPassing && !look.IsPassing)
            {
                throw new GitHubException(e.Failure, e.Message, look) { Status = e.Status, RetryAfter = e.RetryAfter };
            }

            throw;
        }
    }

    private static async Task<PullRequestInfo> CreateAsync(IPullRequests pulls, NewPullRequest wanted, CancellationToken cancellationToken)
    {
        try
        {
            return await pulls.CreateAsync(wanted, cancellationToken);
        }
        catch (GitHubException e) when (wanted.Draft && e.Failure == GitHubFailure.Refused && e.Message.Contains("raft pull requests are not supported", StringComparison.Ordinal))
        {
            return await pulls.CreateAsync(wanted with { Draft = false }, cancellationToken);
        }
    }

    // An open one of the branch can only be ours: the branch is. A closed one may be of an earlier task whose branch had the same name.
    private static async Task<PullRequestInfo?> FindPullRequestAsync(GitHubTarget target, PullRequestDraft draft, string branch, CancellationToken cancellationToken)
    {
        var all = await target.Calls.PullRequests.ListByHeadAsync(branch, cancellationToken);
        return all.FirstOrDefault(pull => pull.State == "open") ?? all.FirstOrDefault(pull => GitHubBody.IsOf(pull.Body, draft.TaskId));
    }

    // Nice to have: a pull request with its old text is still the pull request.
    private async Task TryAsync(int number, string what, Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (GitHubException e)
        {
            LogUndecorated(number, what, e.Message);
        }
    }

    private static string? Unwritable(GitHubTarget target) => target.Info.Archived
        ? $"{target.Calls.Name} is archived, so nothing in it can be changed; unarchive it and try again"
        : null;

    private static string? OnlyHeld(PatchedTree tree) => tree.Changes.Count > 0
        ? null
        : $"the patch changes nothing but {string.Join(", ", tree.Held.Take(3))}{(tree.Held.Count > 3 ? $" and {tree.Held.Count - 3} more" : "")}, which only a person may change; apply it by hand";

    // What trying again can help is thrown, everything else ends in one line.
    private static async Task<T> Ending<T>(Func<Task<T>> work, Func<string, T> refused)
    {
        try
        {
            return await work();
        }
        catch (GitHubException e)
        {
            return e.IsPassing ? throw new RepositoryException(RepositoryErrorKind.Unreachable, e.Message, e) { RetryAfter = e.RetryAfter } : refused(e.Message);
        }
        catch (RepositoryException e) when (e.Kind is RepositoryErrorKind.PatchRefused or RepositoryErrorKind.PushRefused or RepositoryErrorKind.UnknownRef or RepositoryErrorKind.NoCommits)
        {
            return refused(e.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Pull request #{Number} is open, but GitHub did not let us {What}: {Reason}")]
    private partial void LogUndecorated(int number, string what, string reason);
}
