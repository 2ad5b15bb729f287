using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CodexService.Repositories.Caching;
using CodexService.Repositories.Git;
using CodexService.Repositories.Merging;
using CodexService.Repositories.Patches;
using Microsoft.Extensions.Options;

namespace CodexService.Repositories.Publishing;

/// <summary>
/// Puts a verified patch on a new branch of the target repository, or on one that this service made before. The commit is built in the cache with an index of
/// its own: there is no work tree anywhere, and the user's checkout is never touched. Thread-safe.
/// </summary>
public sealed partial class BranchPublisher
{
    private readonly GitRunner _git;
    private readonly RepositoryCache _cache;
    private readonly RepositoryOptions _options;
    private readonly TreeDifference _difference;
    private readonly IndexedTree _index;
    private readonly MergeResolutions _resolutions;
    private readonly PatchedTrees _trees;

    internal BranchPublisher(GitRunner git, RepositoryCache cache, ConflictedMerges merges, PatchedTrees trees, IOptions<RepositoryOptions> options)
    {
        _git = git;
        _cache = cache;
        _options = options.Value;
        _difference = new TreeDifference(git);
        _index = new IndexedTree(git);
        _resolutions = new MergeResolutions(git, merges);
        _trees = trees;
    }

    /// <summary>Makes or moves the branch, or finds that done by an earlier try of the same request.</summary>
    /// <exception cref="RepositoryException">The patch is refused, does not apply, or the repository did not take the branch.</exception>
    public async Task<PublishedBranch> PublishAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        if (!BranchPattern().IsMatch(request.Branch) || request.Branch.Contains("..", StringComparison.Ordinal) || request.Branch.EndsWith(".lock", StringComparison.Ordinal))
        {
            throw new RepositoryException(RepositoryErrorKind.PushRefused, $"'{PathRules.Show(request.Branch)}' is not a branch name of this service (codex/…)");
        }

        var check = PatchPolicy.Check(request.Patch, request.Limits);
        if (!check.Allowed)
        {
            throw new RepositoryException(RepositoryErrorKind.PatchRefused, check.Reason);
        }

        if (check.Files.Count == 0)
        {
            throw new RepositoryException(RepositoryErrorKind.PatchRefused, "the patch changes nothing");
        }

        var repository = await _cache.EnsureAsync(request.Address, cancellationToken);
        var (tree, held) = await TreeAsync(repository.GitDirectory, request, cancellationToken);
        var commit = await CommitAsync(repository.GitDirectory, request, tree, cancellationToken);
        var isThere = repository.Listing.Branches.TryGetValue(request.Branch, out var existing);
        if (request.ExpectedHead is not null && !isThere)
        {
            throw new RepositoryException(RepositoryErrorKind.PushRefused, $"the branch {request.Branch} is gone from {request.Address}; restore it at {request.ExpectedHead[..12]} and try again");
        }

        if (existing is not null && existing != request.ExpectedHead)
        {
            return await AdoptAsync(repository.GitDirectory, request, existing, commit, tree, held, cancellationToken);
        }

        var push = await PushAsync(repository.GitDirectory, request, commit, request.ExpectedHead, cancellationToken);
        if (push.Succeeded)
        {
            return new PublishedBranch(request.Branch, commit, held, Adopted: false);
        }

        // Somebody may have been quicker: another process that redoes the same request.
        repository = await _cache.EnsureAsync(request.Address, cancellationToken);
        return repository.Listing.Branches.TryGetValue(request.Branch, out existing) && existing != request.ExpectedHead
            ? await AdoptAsync(repository.GitDirectory, request, existing, commit, tree, held, cancellationToken)
            : throw NotTaken(request, push);
    }

    private static RepositoryException NotTaken(PublishRequest request, GitResult push) =>
        new(request.Address.IsLocal || PushError.IsRefusal(push) ? RepositoryErrorKind.PushRefused : RepositoryErrorKind.Unreachable, PushError.IsCheckedOut(push)
            ? $"the branch {request.Branch} is checked out in {request.Address}, where it is not changed under your feet; switch to another branch there and try again"
            : $"{request.Address} did not take the branch {request.Branch}: {PushError.From(push)}");

    private async Task<(string Tree, IReadOnlyList<string> Held)> TreeAsync(string directory, PublishRequest request, CancellationToken cancellationToken)
    {
        if (request.MergedCommit is { } merged)
        {
            var resolution = await _resolutions.ReadAsync(request.Address, request.BaseCommit, merged, request.Patch, request.Limits, cancellationToken);
            return (resolution.Tree, [.. resolution.Held.Select(change => change.Path)]);
        }

        var tree = await _index.ApplyAsync(directory, request.BaseCommit, request.Patch, cancellationToken);
        return (tree, await _difference.CheckAsync(directory, request.BaseCommit, tree, request.Limits, cancellationToken));
    }

    private Task<string> CommitAsync(string directory, PublishRequest request, string tree, CancellationToken cancellationToken) =>
        CommitAsync(directory, request, tree, request.BaseCommit, cancellationToken);

    private async Task<string> CommitAsync(string directory, PublishRequest request, string tree, string parent, CancellationToken cancellationToken) =>
        (await _git.RunCheckedAsync(
            new GitCommand(["commit-tree", tree, "-p", parent, .. request.MergedCommit is { } merged ? ["-p", merged] : Array.Empty<string>(), "-F", "-"])
            {
                GitDirectory = directory,
                Environment = CommitEnvironment.Create(request.Identity, request.At),
                Input = Encoding.UTF8.GetBytes(request.Message.Replace("\0", "", StringComparison.Ordinal)),
            },
            cancellationToken)).Text.Trim();

    private Task<GitResult> PushAsync(string directory, PublishRequest request, string commit, string? expected, CancellationToken cancellationToken)
    {
        var target = $"refs/heads/{request.Branch}";

        // The lease says: only when the branch is where it is expected, or, when empty, only when there is no such branch.
        return _git.RunAsync(
            new GitCommand(
            [
                "push", "--quiet", "--no-verify", $"--force-with-lease={target}:{expected}", .. LocalReceiver.Arguments(request.Address, updateCheckout: false),
                "--", request.Address.Value, $"{commit}:{target}",
            ])
            {
                GitDirectory = directory,
                Environment = RemoteAccess.Environment(request.Address),
                Timeout = _options.TransferTimeout,
            },
            cancellationToken);
    }

    private async Task<PublishedBranch> AdoptAsync(
        string directory, PublishRequest request, string existing, string commit, string tree, IReadOnlyList<string> held, CancellationToken cancellationToken)
    {
        if (existing != commit)
        {
            var found = await _git.RunCheckedAsync(
                new GitCommand("log", "-1", "--format=%T %P", "--end-of-options", existing) { GitDirectory = directory }, cancellationToken);
            if (found.Text.Trim() != $"{tree} {request.BaseCommit} {request.MergedCommit}".TrimEnd())
            {
                return request.ExpectedHead is { } expected
                    ? await OntoOthersAsync(directory, request, expected, existing, tree, held, cancellationToken)
                    : throw new RepositoryException(
                        RepositoryErrorKind.PushRefused, $"{request.Address} already has a branch {request.Branch} with another change; rename or delete it and try again");
            }
        }

        return new PublishedBranch(request.Branch, existing, held, Adopted: true);
    }

    [GeneratedRegex("^codex/[A-Za-z0-9][A-Za-z0-9._-]{0,150}$", RegexOptions.CultureInvariant)]
    private static partial Regex BranchPattern();
}
