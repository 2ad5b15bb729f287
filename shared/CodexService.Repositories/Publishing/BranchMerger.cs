using System.Text;
using CodexService.Repositories.Caching;
using CodexService.Repositories.Git;
using CodexService.Repositories.Merging;
using CodexService.Repositories.Patches;
using Microsoft.Extensions.Options;

namespace CodexService.Repositories.Publishing;

/// <summary>
/// Merges a reviewed branch into its base in the target repository. The merge commit is made in the cache and pushed
/// with the base's old value as a condition: a base that moved is merged again, never overwritten. A clean checkout of
/// the base is brought along; one with work in it is left as it is and the merge is refused. Thread-safe.
/// </summary>
public sealed class BranchMerger
{
    // Each try is lost to a merge of somebody else, or to the lock that another push holds while it is being refused.
    private const int MaxTries = 12;
    private static readonly Version MergeTreeVersion = new(2, 38);

    private readonly GitRunner _git;
    private readonly RepositoryCache _cache;
    private readonly RepositoryOptions _options;
    private readonly TimeProvider _time;
    private readonly CheckoutGuard _guard;

    internal BranchMerger(GitRunner git, RepositoryCache cache, IOptions<RepositoryOptions> options, TimeProvider time)
    {
        _git = git;
        _cache = cache;
        _options = options.Value;
        _time = time;
        _guard = new CheckoutGuard(git);
    }

    /// <summary>Merges, or finds the merge done by an earlier try of the same request.</summary>
    /// <exception cref="RepositoryException">The repository cannot be used at all.</exception>
    public async Task<MergeOutcome> MergeAsync(MergeRequest request, CancellationToken cancellationToken)
    {
        // Two pushes into one checkout at the same time would take each other's half-written files for uncommitted work.
        var target = _cache.DirectoryOf(request.Address);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        using var exclusive = await CacheLock.AcquireAsync(target + ".merge.lock", _time, _options.TransferTimeout, cancellationToken);
        return await MergeAloneAsync(request, cancellationToken);
    }

    private async Task<MergeOutcome> MergeAloneAsync(MergeRequest request, CancellationToken cancellationToken)
    {
        GitResult? push = null;
        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            var repository = await _cache.EnsureAsync(request.Address, cancellationToken);
            var directory = repository.GitDirectory;
            if (!repository.Listing.Branches.TryGetValue(request.BaseBranch, out var tip))
            {
                return MergeOutcome.Refused($"the base branch {request.BaseBranch} is gone from {request.Address}; restore it and try again");
            }

            if (await FindEarlierMergeAsync(directory, request.HeadCommit, tip, cancellationToken) is { } earlier)
            {
                return MergeOutcome.Done(earlier);
            }

            if (!repository.Listing.Branches.TryGetValue(request.Branch, out var head))
            {
                return MergeOutcome.Refused($"the branch {request.Branch} is gone from {request.Address}; restore it and try again");
            }

            if (head != request.HeadCommit)
            {
                return MergeOutcome.Refused($"the branch {request.Branch} changed after the review ({request.HeadCommit[..12]} became {head[..12]}); review and merge it by hand");
            }

            var (tree, refused) = await MergeTreesAsync(directory, request, tip, cancellationToken);
            if (refused is not null)
            {
                return refused;
            }

            if (request.Address.IsLocal &&
                await _guard.WhatWouldBeLostAsync(directory, request.Address.Value, request.BaseBranch, tip, tree!, cancellationToken) is { } loss)
            {
                return MergeOutcome.Refused(loss);
            }

            var commit = await CommitAsync(directory, request, tree!, tip, cancellationToken);
            push = await PushAsync(directory, request, commit, tip, cancellationToken);
            if (push.Succeeded)
            {
                return MergeOutcome.Done(commit);
            }

            if (!PushError.IsStale(push))
            {
                break;
            }
        }

        return MergeOutcome.Refused(Explain(request, PushError.From(push!)));
    }

    /// <summary>The commit that brought <paramref name="head"/> into the base's history, when it is there already.</summary>
    private async Task<string?> FindEarlierMergeAsync(string directory, string head, string tip, CancellationToken cancellationToken)
    {
        var contained = await _git.RunAsync(new GitCommand("merge-base", "--is-ancestor", "--end-of-options", head, tip) { GitDirectory = directory }, cancellationToken);
        if (!contained.Succeeded)
        {
            return null;
        }

        var path = await _git.RunCheckedAsync(
            new GitCommand("rev-list", "--first-parent", "--reverse", "--ancestry-path", $"{head}..{tip}") { GitDirectory = directory }, cancellationToken);
        return path.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? tip;
    }

    private async Task<(string? Tree, MergeOutcome? Refused)> MergeTreesAsync(string directory, MergeRequest request, string tip, CancellationToken cancellationToken)
    {
        var mergeBase = await _git.RunAsync(new GitCommand("merge-base", "--end-of-options", tip, request.HeadCommit) { GitDirectory = directory }, cancellationToken);
        if (mergeBase.Succeeded && mergeBase.Text.Trim() == tip)
        {
            // The base did not move: the result is the branch's tree.
            var tree = await _git.RunCheckedAsync(
                new GitCommand("rev-parse", "--verify", "--end-of-options", request.HeadCommit + "^{tree}") { GitDirectory = directory }, cancellationToken);
            return (tree.Text.Trim(), null);
        }

        var version = await _git.GetVersionAsync(cancellationToken);
        if (version < MergeTreeVersion)
        {
            return (null, MergeOutcome.Refused($"{request.BaseBranch} moved on, and merging then needs git {MergeTreeVersion} or newer (this is {version}); merge {request.Branch} by hand"));
        }

        var merged = await _git.RunAsync(
            new GitCommand([.. MergeSettings.WithBase, "merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", tip, request.HeadCommit]) { GitDirectory = directory },
            cancellationToken);
        var fields = merged.Text.Split('\0', StringSplitOptions.RemoveEmptyEntries);
        return merged.ExitCode switch
        {
            0 => (fields[0].Trim(), null),
            1 => (null, Conflict(request, fields[1..])),
            _ => throw new RepositoryException(RepositoryErrorKind.GitFailed, $"git merge-tree failed: {merged.ErrorLine}"),
        };
    }

    private static MergeOutcome Conflict(MergeRequest request, string[] paths)
    {
        var named = string.Join(", ", paths.Take(5).Select(PathRules.Show)) + (paths.Length > 5 ? $" and {paths.Length - 5} more" : "");
        return MergeOutcome.Refused($"{request.Branch} conflicts with {request.BaseBranch} in {named}; resolve the conflicts first", paths);
    }

    private async Task<string> CommitAsync(string directory, MergeRequest request, string tree, string tip, CancellationToken cancellationToken) =>
        (await _git.RunCheckedAsync(
            new GitCommand("commit-tree", tree, "-p", tip, "-p", request.HeadCommit, "-F", "-")
            {
                GitDirectory = directory,
                Environment = CommitEnvironment.Create(request.Identity, request.At),
                Input = Encoding.UTF8.GetBytes(request.Message.Replace("\0", "", StringComparison.Ordinal)),
            },
            cancellationToken)).Text.Trim();

    private Task<GitResult> PushAsync(string directory, MergeRequest request, string commit, string tip, CancellationToken cancellationToken)
    {
        var target = $"refs/heads/{request.BaseBranch}";
        return _git.RunAsync(
            new GitCommand(
            [
                "push", "--quiet", "--no-verify", $"--force-with-lease={target}:{tip}", .. LocalReceiver.Arguments(request.Address, updateCheckout: true),
                "--", request.Address.Value, $"{commit}:{target}",
            ])
            {
                GitDirectory = directory,
                Environment = RemoteAccess.Environment(request.Address),
                Timeout = _options.TransferTimeout,
            },
            cancellationToken);
    }

    private static string Explain(MergeRequest request, string error)
    {
        var dirty = error.Contains("unstaged changes", StringComparison.Ordinal) || error.Contains("staged changes", StringComparison.Ordinal)
            || error.Contains("not up-to-date", StringComparison.Ordinal) || error.Contains("Could not update working tree", StringComparison.Ordinal);
        return dirty
            ? $"{request.BaseBranch} is checked out in {request.Address} with uncommitted work, which was left as it is; commit or stash it and merge again"
            : $"{request.Address} did not take the merge into {request.BaseBranch}: {error}";
    }
}
