using System.Globalization;
using System.Text;
using CodexService.Repositories.Caching;
using CodexService.Repositories.Git;
using CodexService.Repositories.Patches;
using CodexService.Repositories.Publishing;

namespace CodexService.Repositories.Merging;

/// <summary>
/// Merges a base branch's tip into a branch in this machine's copy, conflicts and all, and says of a resolution whether markers are
/// left in it. There is no work tree: no hook, filter or attribute of the repository plays a part, and no merge driver, as those
/// come from git's configuration alone. Thread-safe.
/// </summary>
public sealed class ConflictedMerges
{
    private const int MostCommits = 12;
    private const int MostPathspecs = 300;

    private static readonly Version MergeTreeVersion = new(2, 38);

    // As git writes them, with or without a label.
    private const string Marker = "^(<{7}|>{7}|[|]{7})( |[[:space:]]*$)|^={7}[[:space:]]*$";

    private readonly GitRunner _git;
    private readonly RepositoryCache _cache;
    private readonly IndexedTree _index;

    internal ConflictedMerges(GitRunner git, RepositoryCache cache)
    {
        _git = git;
        _cache = cache;
        _index = new IndexedTree(git);
    }

    internal string DirectoryOf(RepositoryAddress address) => _cache.DirectoryOf(address);

    /// <summary>What the base branch, as it is now, makes of a branch's commit.</summary>
    /// <exception cref="RepositoryException">The repository cannot be read, the base is gone, or git is too old.</exception>
    public async Task<ConflictedMerge> LookAsync(RepositoryAddress address, string head, string baseBranch, CancellationToken cancellationToken)
    {
        var repository = await _cache.EnsureAsync(address, cancellationToken);
        return repository.Listing.Branches.TryGetValue(baseBranch, out var tip)
            ? await PrepareAsync(address, head, tip, cancellationToken)
            : throw new RepositoryException(RepositoryErrorKind.UnknownRef, $"the base branch {PathRules.Show(baseBranch)} is gone from {address}; restore it and try again");
    }

    /// <summary>The merge of two commits. The same two always make the same commit.</summary>
    /// <exception cref="RepositoryException">The repository cannot be read, a commit is gone, or git is too old.</exception>
    public async Task<ConflictedMerge> PrepareAsync(RepositoryAddress address, string head, string baseTip, CancellationToken cancellationToken)
    {
        var version = await _git.GetVersionAsync(cancellationToken);
        if (version < MergeTreeVersion)
        {
            throw new RepositoryException(RepositoryErrorKind.GitFailed, $"merging needs git {MergeTreeVersion} or newer (this is {version}); update git, or merge by hand");
        }

        var directory = await HoldingAsync(address, [head, baseTip], cancellationToken);
        var merged = await _git.RunAsync(
            new GitCommand([.. MergeSettings.WithBase, "merge-tree", "--write-tree", "--messages", "-z", head, baseTip]) { GitDirectory = directory }, cancellationToken);
        if (merged.ExitCode is not (0 or 1) || merged.Truncated)
        {
            throw new RepositoryException(RepositoryErrorKind.GitFailed, $"git merge-tree failed: {merged.ErrorLine}");
        }

        var (tree, conflicts) = MergeTreeOutput.Read(merged.Text);
        var commit = await _git.RunCheckedAsync(
            new GitCommand("commit-tree", tree, "-p", head, "-p", baseTip, "-F", "-")
            {
                GitDirectory = directory,
                Environment = CommitEnvironment.Create(CommitIdentity.Service, DateTimeOffset.UnixEpoch),
                Input = Encoding.ASCII.GetBytes($"Merge of {baseTip}, to be resolved\n"),
            },
            cancellationToken);
        return new ConflictedMerge(address, commit.Text.Trim(), tree, head, baseTip, merged.ExitCode == 0 ? [] : conflicts);
    }

    /// <summary>The commits of both sides since they parted.</summary>
    /// <exception cref="RepositoryException">The copy lost them.</exception>
    public async Task<SideHistories> HistoriesAsync(ConflictedMerge merge, CancellationToken cancellationToken) =>
        new(await HistoryAsync(merge, merge.Head, merge.BaseTip, cancellationToken), await HistoryAsync(merge, merge.BaseTip, merge.Head, cancellationToken));

    /// <summary>
    /// Paths that a patch on top of <paramref name="merge"/> leaves unresolved: with more lines of conflict markers than both sides
    /// have of their own, or still beside the name that they belong to.
    /// </summary>
    /// <exception cref="RepositoryException">The patch does not apply.</exception>
    public async Task<IReadOnlyList<string>> LeftoversAsync(ConflictedMerge merge, string patch, CancellationToken cancellationToken)
    {
        var directory = _cache.DirectoryOf(merge.Address);
        var tree = patch.Length == 0 ? merge.Tree : await _index.ApplyAsync(directory, merge.Commit, patch, cancellationToken);

        // Wherever the patch may have carried them.
        IReadOnlyList<string> paths = [.. merge.Conflicts.Select(conflict => conflict.Path).Concat(PatchPolicy.Check(patch).Files.Select(file => file.Path)).Distinct(StringComparer.Ordinal)];
        var left = await MarkersAsync(directory, tree, paths, cancellationToken);
        if (left.Count > 0)
        {
            var ours = await MarkersAsync(directory, merge.Head, paths, cancellationToken);
            var theirs = await MarkersAsync(directory, merge.BaseTip, paths, cancellationToken);
            foreach (var (path, count) in left.ToArray())
            {
                if (count <= ours.GetValueOrDefault(path) + theirs.GetValueOrDefault(path))
                {
                    left.Remove(path);
                }
            }
        }

        return [.. left.Keys.Concat(await AsideAsync(directory, tree, merge, cancellationToken)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private async Task<Dictionary<string, int>> MarkersAsync(string directory, string tree, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        string[] named = paths.Count <= MostPathspecs ? ["--", .. paths] : ["--"];
        var found = await _git.RunAsync(
            new GitCommand(["grep", "-c", "-z", "-a", "--no-color", "--full-name", "-E", "-e", Marker, tree, .. named])
            {
                GitDirectory = directory,
                Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["GIT_LITERAL_PATHSPECS"] = "1" },
            },
            cancellationToken);
        if (found.ExitCode is not (0 or 1))
        {
            throw new RepositoryException(RepositoryErrorKind.GitFailed, $"git grep failed: {found.ErrorLine}");
        }

        // <tree>:<path> NUL <count> LF
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var (text, at) = (found.Text, 0);
        while (text.IndexOf('\0', at) is var end and >= 0)
        {
            var line = text.IndexOf('\n', end);
            counts[text[(at + tree.Length + 1)..end]] = int.Parse(text[(end + 1)..line], CultureInfo.InvariantCulture);
            at = line + 1;
        }

        return counts;
    }

    // git moves a file out of the way of a folder by adding the name of its side.
    private async Task<IEnumerable<string>> AsideAsync(string directory, string tree, ConflictedMerge merge, CancellationToken cancellationToken)
    {
        if (!merge.Conflicts.Any(conflict => conflict.Kind is ConflictKind.Names or ConflictKind.NotAFile))
        {
            return [];
        }

        var listed = await _git.RunCheckedAsync(new GitCommand("ls-tree", "-r", "-z", "--name-only", "--full-tree", tree) { GitDirectory = directory }, cancellationToken);
        return listed.Text.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Where(path => path.Contains($"~{merge.Head}", StringComparison.Ordinal) || path.Contains($"~{merge.BaseTip}", StringComparison.Ordinal));
    }

    private async Task<SideHistory> HistoryAsync(ConflictedMerge merge, string of, string without, CancellationToken cancellationToken)
    {
        var directory = _cache.DirectoryOf(merge.Address);
        var log = await _git.RunCheckedAsync(
            new GitCommand("log", "--no-show-signature", "--no-decorate", "--no-merges", $"--max-count={MostCommits}", "--format=%h %s", of, $"^{without}") { GitDirectory = directory }, cancellationToken);
        var count = await _git.RunCheckedAsync(new GitCommand("rev-list", "--count", "--no-merges", of, $"^{without}") { GitDirectory = directory }, cancellationToken);
        return new SideHistory(log.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries), int.Parse(count.Text.Trim(), CultureInfo.InvariantCulture));
    }

    // What is there already needs no network.
    private async Task<string> HoldingAsync(RepositoryAddress address, string[] commits, CancellationToken cancellationToken)
    {
        var directory = _cache.DirectoryOf(address);
        for (var tries = 0; ; tries++)
        {
            var missing = Directory.Exists(directory) ? await MissingAsync(directory, commits, cancellationToken) : commits[0];
            if (missing is null)
            {
                return directory;
            }

            switch (tries)
            {
                case 0:
                    await _cache.EnsureAsync(address, cancellationToken);
                    break;
                case 1:
                    // A branch that moved on: the commit may be fetched by its id.
                    await _cache.FetchRefAsync(address, missing, cancellationToken);
                    break;
                default:
                    throw new RepositoryException(RepositoryErrorKind.UnknownRef, $"{address} has no commit {PathRules.Show(missing)} (any more)");
            }
        }
    }

    private async Task<string?> MissingAsync(string directory, string[] commits, CancellationToken cancellationToken)
    {
        foreach (var commit in commits)
        {
            var found = await _git.RunAsync(new GitCommand("rev-parse", "--verify", "--quiet", "--end-of-options", commit + "^{tree}") { GitDirectory = directory }, cancellationToken);
            if (!found.Succeeded)
            {
                return commit;
            }
        }

        return null;
    }
}
