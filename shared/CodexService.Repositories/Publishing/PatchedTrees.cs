using System.Globalization;
using System.Text;
using CodexService.Repositories.Caching;
using CodexService.Repositories.Git;
using CodexService.Repositories.Merging;
using CodexService.Repositories.Patches;
using Microsoft.Extensions.Options;

namespace CodexService.Repositories.Publishing;

/// <summary>
/// Reads what a patch makes of a commit (paths, modes, bytes), for hosting services that are given changes piece by piece. Everything
/// happens in the cache; there is no work tree. Thread-safe.
/// </summary>
public sealed partial class PatchedTrees
{
    private static readonly Version MergeTreeVersion = new(2, 38);

    private readonly GitRunner _git;
    private readonly RepositoryCache _cache;
    private readonly RepositoryOptions _options;
    private readonly TreeDifference _difference;
    private readonly IndexedTree _index;
    private readonly MergeResolutions _resolutions;

    internal PatchedTrees(GitRunner git, RepositoryCache cache, ConflictedMerges merges, IOptions<RepositoryOptions> options)
    {
        _git = git;
        _cache = cache;
        _options = options.Value;
        _difference = new TreeDifference(git);
        _index = new IndexedTree(git);
        _resolutions = new MergeResolutions(git, merges);
    }

    /// <summary>Applies the patch to the commit. Held paths (<see cref="PatchCheck.Held"/>) are left out and named.</summary>
    /// <exception cref="RepositoryException">The patch is refused or does not apply, or the repository cannot be read.</exception>
    public async Task<PatchedTree> ReadAsync(RepositoryAddress address, string commit, string patch, CancellationToken cancellationToken)
    {
        var limits = PatchLimits.Default;
        var check = PatchPolicy.Check(patch, limits);
        if (!check.Allowed || check.Files.Count == 0)
        {
            throw new RepositoryException(RepositoryErrorKind.PatchRefused, check.Allowed ? "the patch changes nothing" : check.Reason);
        }

        var (repository, parentTree) = await WithAsync(address, commit, cancellationToken);
        var tree = await _index.ApplyAsync(repository, commit, patch, cancellationToken);
        var changes = await _difference.ReadAsync(repository, commit, tree, limits, cancellationToken);
        IReadOnlyList<string> held = [.. changes.Select(change => change.Path).Where(PathRules.IsHeld)];
        if (held.Count > 0)
        {
            changes = [.. changes.Where(change => !PathRules.IsHeld(change.Path))];
            tree = changes.Count == 0 ? parentTree : await _index.ChangeAsync(repository, commit, changes, cancellationToken);
        }

        return new PatchedTree(address, commit, parentTree, tree, changes, held);
    }

    /// <summary>What <see cref="ReadAsync"/> leaves out of a patch, as a change of its own; of these paths alone, and maybe of none.</summary>
    /// <exception cref="RepositoryException">The patch is refused or does not apply, or the repository cannot be read.</exception>
    public async Task<PatchedTree> ReadHeldAsync(
        RepositoryAddress address, string commit, string patch, IReadOnlyCollection<string> paths, CancellationToken cancellationToken)
    {
        var limits = PatchLimits.Default;
        var check = PatchPolicy.Check(patch, limits);
        if (!check.Allowed)
        {
            throw new RepositoryException(RepositoryErrorKind.PatchRefused, check.Reason);
        }

        var (repository, parentTree) = await WithAsync(address, commit, cancellationToken);
        var whole = await _index.ApplyAsync(repository, commit, patch, cancellationToken);
        IReadOnlyList<ChangedPath> held =
            [.. (await _difference.ReadAsync(repository, commit, whole, limits, cancellationToken)).Where(change => PathRules.IsHeld(change.Path) && paths.Contains(change.Path))];
        var tree = held.Count == 0 ? parentTree : await _index.ChangeAsync(repository, commit, held, cancellationToken);
        return new PatchedTree(address, commit, parentTree, tree, held, []);
    }

    /// <summary>The bytes of a changed path.</summary>
    /// <exception cref="RepositoryException">The cache lost it.</exception>
    public async Task<ReadOnlyMemory<byte>> ContentAsync(PatchedTree tree, ChangedPath change, CancellationToken cancellationToken) =>
        (await _git.RunCheckedAsync(
            new GitCommand("cat-file", "blob", change.Blob!) { GitDirectory = _cache.DirectoryOf(tree.Address), MaxOutputBytes = Math.Max(change.Bytes, 1) },
            cancellationToken)).Output;

    /// <summary>The change as a patch that <c>git apply</c> takes on its parent.</summary>
    /// <exception cref="RepositoryException">The cache lost it.</exception>
    public async Task<string> PatchAsync(PatchedTree tree, CancellationToken cancellationToken) =>
        (await _git.RunCheckedAsync(
            new GitCommand("diff-tree", "-r", "-p", "--binary", "--full-index", "--no-renames", "--no-color", "--no-ext-diff", "--no-textconv", tree.ParentTree, tree.Tree)
            {
                GitDirectory = _cache.DirectoryOf(tree.Address),
            },
            cancellationToken)).Text;

    /// <summary>The first of some files that a commit has, as text; <see langword="null"/> when it has none of them.</summary>
    /// <param name="address">A repository that was read before.</param>
    /// <param name="commit">Commit.</param>
    /// <param name="paths">Paths in the order of preference.</param>
    /// <param name="maxBytes">A larger file is passed over.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<string?> ReadFirstAsync(RepositoryAddress address, string commit, IReadOnlyList<string> paths, long maxBytes, CancellationToken cancellationToken)
    {
        var directory = _cache.DirectoryOf(address);
        var listed = await _git.RunCheckedAsync(new GitCommand(["ls-tree", "-z", "-l", "--full-tree", commit, "--", .. paths]) { GitDirectory = directory }, cancellationToken);

        // 100644 blob <id>    <size>\t<path>
        var files = listed.Text.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => (Head: line.Split('\t')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries), Path: line[(line.IndexOf('\t', StringComparison.Ordinal) + 1)..]))
            .Where(entry => entry.Head is ["100644" or "100755", "blob", _, _] && long.Parse(entry.Head[3], CultureInfo.InvariantCulture) <= maxBytes)
            .ToDictionary(entry => entry.Path, entry => entry.Head[2], StringComparer.Ordinal);
        return paths.Where(files.ContainsKey).Select(path => files[path]).FirstOrDefault() is { } blob
            ? (await _git.RunCheckedAsync(new GitCommand("cat-file", "blob", blob) { GitDirectory = directory }, cancellationToken)).Text
            : null;
    }

    /// <summary>
    /// The change on top of commits that others put on the branch: what leads from the commit that the branch was expected at to the
    /// changed tree is applied to the branch's head.
    /// </summary>
    /// <param name="patched">The change.</param>
    /// <param name="expectedHead">Where the branch was expected.</param>
    /// <param name="head">Where it is.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="RepositoryException">The repository cannot be read, or git is too old.</exception>
    public async Task<RebaseOutcome> RebaseAsync(PatchedTree patched, string expectedHead, string head, CancellationToken cancellationToken)
    {
        var (directory, headTree) = await WithAsync(patched.Address, head, cancellationToken);
        var contained = await _git.RunAsync(new GitCommand("merge-base", "--is-ancestor", "--end-of-options", expectedHead, head) { GitDirectory = directory }, cancellationToken);
        if (!contained.Succeeded)
        {
            return new RebaseOutcome.Rewritten();
        }

        // As if it had been made on the expected head, whatever it was made on: its merge base with the new head is that one then.
        var asExpected = await CommitAsync(directory, patched.Tree, [expectedHead, .. patched.Parents.Skip(1)], "rebase", CommitIdentity.Service, DateTimeOffset.UnixEpoch, cancellationToken);
        var merged = await MergeAsync(directory, MergeSettings.OntoOthers, head, asExpected, cancellationToken);
        if (merged.Tree is null)
        {
            return new RebaseOutcome.Conflict(merged.Conflicts);
        }

        if (merged.Tree == headTree)
        {
            return new RebaseOutcome.Done(patched with { Parent = head, ParentTree = headTree, Tree = merged.Tree, Changes = [] });
        }

        var rebased = patched.MergedCommit is null
            ? patched with { Parent = head, ParentTree = headTree, Tree = merged.Tree, Changes = await _difference.ReadAsync(directory, head, merged.Tree, PatchLimits.Default, cancellationToken) }
            : await _resolutions.OntoAsync(directory, patched, head, merged.Tree, cancellationToken);

        // A file that somebody moved to such a path meanwhile takes its changes along.
        IReadOnlyList<string> carried = [.. rebased.Changes.Where(change => !change.IsKnown && PathRules.IsHeld(change.Path)).Select(change => change.Path).Except(patched.Changes.Select(change => change.Path), StringComparer.Ordinal)];
        return carried.Count > 0 ? new RebaseOutcome.Conflict(carried) : new RebaseOutcome.Done(rebased);
    }

    /// <summary>Paths that two branches both changed, as they are now; empty when they fit together, or one is gone.</summary>
    /// <exception cref="RepositoryException">The repository cannot be read, or git is too old.</exception>
    public async Task<IReadOnlyList<string>> ConflictsAsync(RepositoryAddress address, string ours, string theirs, CancellationToken cancellationToken)
    {
        var repository = await _cache.EnsureAsync(address, cancellationToken);
        return repository.Listing.Branches.TryGetValue(ours, out var one) && repository.Listing.Branches.TryGetValue(theirs, out var other)
            ? (await MergeAsync(repository.GitDirectory, MergeSettings.WithBase, one, other, cancellationToken)).Conflicts
            : [];
    }

    /// <summary>Commits the change and pushes it, for what is too large for a hosting service's API. The same request makes the same commit.</summary>
    /// <param name="patched">The change.</param>
    /// <param name="branch">Branch, without <c>refs/heads/</c>.</param>
    /// <param name="expectedHead">Where the branch has to be; <see langword="null"/> when it must not be there.</param>
    /// <param name="message">Commit message.</param>
    /// <param name="at">Date of the commit.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="RepositoryException">The branch was not taken.</exception>
    public async Task<string> PushAsync(PatchedTree patched, string branch, string? expectedHead, string message, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var directory = _cache.DirectoryOf(patched.Address);
        var commit = await CommitAsync(directory, patched.Tree, patched.Parents, message, CommitIdentity.Service, at, cancellationToken);
        var target = $"refs/heads/{branch}";
        var push = await _git.RunAsync(
            new GitCommand("push", "--quiet", "--no-verify", $"--force-with-lease={target}:{expectedHead}", "--", patched.Address.Value, $"{commit}:{target}")
            {
                GitDirectory = directory,
                Environment = RemoteAccess.Environment(patched.Address),
                Timeout = _options.TransferTimeout,
            },
            cancellationToken);
        return push.Succeeded
            ? commit
            : throw new RepositoryException(
                PushError.IsRefusal(push) && !PushError.IsStale(push) ? RepositoryErrorKind.PushRefused : RepositoryErrorKind.Unreachable,
                $"{patched.Address} did not take the branch {branch}: {PushError.From(push)}");
    }

    /// <summary>The copy with this commit in it, and the commit's tree: what is there already needs no network.</summary>
    private async Task<(string Directory, string Tree)> WithAsync(RepositoryAddress address, string commit, CancellationToken cancellationToken)
    {
        var directory = _cache.DirectoryOf(address);
        var look = new GitCommand("rev-parse", "--verify", "--quiet", "--end-of-options", commit + "^{tree}") { GitDirectory = directory };
        var found = Directory.Exists(directory) ? await _git.RunAsync(look, cancellationToken) : null;
        if (found is not { Succeeded: true })
        {
            await _cache.EnsureAsync(address, cancellationToken);
            found = await _git.RunAsync(look, cancellationToken);
        }

        return found.Succeeded
            ? (directory, found.Text.Trim())
            : throw new RepositoryException(RepositoryErrorKind.UnknownRef, $"{address} has no commit {PathRules.Show(commit)} (any more)");
    }

    private async Task<string> CommitAsync(string directory, string tree, IReadOnlyList<string> parents, string message, CommitIdentity identity, DateTimeOffset at, CancellationToken cancellationToken) =>
        (await _git.RunCheckedAsync(
            new GitCommand(["commit-tree", tree, .. parents.SelectMany(parent => new[] { "-p", parent }), "-F", "-"])
            {
                GitDirectory = directory,
                Environment = CommitEnvironment.Create(identity, at),
                Input = Encoding.UTF8.GetBytes(message.Replace("\0", "", StringComparison.Ordinal)),
            },
            cancellationToken)).Text.Trim();

    private async Task<(string? Tree, IReadOnlyList<string> Conflicts)> MergeAsync(string directory, string[] settings, string ours, string theirs, CancellationToken cancellationToken)
    {
        var version = await _git.GetVersionAsync(cancellationToken);
        if (version < MergeTreeVersion)
        {
            throw new RepositoryException(RepositoryErrorKind.PushRefused, $"the branch moved on, and merging then needs git {MergeTreeVersion} or newer (this is {version}); merge it by hand");
        }

        var merged = await _git.RunAsync(new GitCommand([.. settings, "merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", ours, theirs]) { GitDirectory = directory }, cancellationToken);
        var fields = merged.Text.Split('\0', StringSplitOptions.RemoveEmptyEntries);
        return merged.ExitCode switch
        {
            0 => (fields[0].Trim(), []),
            1 => (null, fields[1..]),
            _ => throw new RepositoryException(RepositoryErrorKind.GitFailed, $"git merge-tree failed: {merged.ErrorLine}"),
        };
    }
}
