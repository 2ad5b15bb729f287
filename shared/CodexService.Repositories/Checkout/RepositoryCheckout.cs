using System.Text;
using System.Text.RegularExpressions;
using CodexService.Repositories.Caching;
using CodexService.Repositories.Git;
using Microsoft.Extensions.Options;

namespace CodexService.Repositories.Checkout;

/// <summary>Finds the commit that a task starts from and hands out its exact tree. Never makes a work tree on this machine. Thread-safe.</summary>
public sealed partial class RepositoryCheckout
{
    private readonly GitRunner _git;
    private readonly RepositoryCache _cache;
    private readonly RepositoryOptions _options;

    internal RepositoryCheckout(GitRunner git, RepositoryCache cache, IOptions<RepositoryOptions> options)
    {
        _git = git;
        _cache = cache;
        _options = options.Value;
    }

    /// <summary>Brings the cached copy up to date and resolves <paramref name="baseRef"/> (a branch, a tag or a commit; by default the default branch).</summary>
    /// <exception cref="RepositoryException">The repository cannot be used, or has no such ref; the message names the nearest branches.</exception>
    public async Task<ResolvedBase> ResolveAsync(RepositoryAddress address, string? baseRef, CancellationToken cancellationToken)
    {
        var repository = await _cache.EnsureAsync(address, cancellationToken);
        var resolved = await ResolveAsync(repository, baseRef, cancellationToken);
        if (resolved is null)
        {
            // Either there is no such ref, or the cached copy lost objects: fetch once more before saying so.
            _cache.Distrust(address);
            repository = await _cache.EnsureAsync(address, cancellationToken);
            resolved = await ResolveAsync(repository, baseRef, cancellationToken);
        }

        return resolved ?? throw new RepositoryException(RepositoryErrorKind.UnknownRef, UnknownRef(repository, baseRef));
    }

    /// <summary>
    /// Writes the exact tree of <paramref name="commit"/> as an uncompressed tar: every committed byte, symlinks as
    /// symlinks, submodules as empty folders; attributes such as export-ignore change nothing.
    /// </summary>
    /// <exception cref="RepositoryException">There is no such commit, or its tree is larger than <see cref="RepositoryOptions.MaxTreeBytes"/>.</exception>
    public async Task<TreeArchive> WriteTarAsync(RepositoryAddress address, string commit, Stream tar, CancellationToken cancellationToken)
    {
        if (!CommitId().IsMatch(commit))
        {
            throw new RepositoryException(RepositoryErrorKind.UnknownRef, $"'{commit}' is not a commit id");
        }

        var directory = _cache.DirectoryOf(address);
        if (!Directory.Exists(directory))
        {
            await _cache.EnsureAsync(address, cancellationToken);
        }

        var submodules = ListSubmodulesAsync(directory, commit, cancellationToken);
        var archive = await ArchiveAsync(directory, commit, tar, cancellationToken);
        if (!archive.Succeeded && archive.OutputBytes == 0)
        {
            await submodules;
            _cache.Distrust(address);
            await _cache.EnsureAsync(address, cancellationToken);
            submodules = ListSubmodulesAsync(directory, commit, cancellationToken);
            archive = await ArchiveAsync(directory, commit, tar, cancellationToken);
        }

        if (archive.Truncated)
        {
            throw new RepositoryException(
                RepositoryErrorKind.TooLarge,
                $"the tree of {address} is larger than {_options.MaxTreeBytes >> 20} MiB; raise {RepositoryOptions.Section}:{nameof(RepositoryOptions.MaxTreeBytes)} and the sandbox's disk limit");
        }

        return archive.Succeeded
            ? new TreeArchive(archive.OutputBytes, await submodules)
            : throw new RepositoryException(RepositoryErrorKind.UnknownRef, $"{address} has no commit {commit} (any more): {archive.ErrorLine}");
    }

    private async Task<ResolvedBase?> ResolveAsync(CachedRepository repository, string? baseRef, CancellationToken cancellationToken)
    {
        var listing = repository.Listing;
        var name = string.IsNullOrWhiteSpace(baseRef) ? listing.DefaultBranch! : baseRef.Trim();
        var branch = Short(name, "refs/heads/");
        var tag = Short(name, "refs/tags/");
        if (listing.Branches.TryGetValue(branch, out var tip))
        {
            // The listing names the commit and the fetch brought it: no need to ask git, which costs a process.
            return new ResolvedBase(branch, branch, tip);
        }

        if (name == "HEAD" && listing.Head is not null)
        {
            return new ResolvedBase(name, listing.DefaultBranch!, listing.Head);
        }

        var revision = listing.Tags.TryGetValue(tag, out var target) ? target : CommitPrefix().IsMatch(name) ? name : null;
        if (revision is null)
        {
            return null;
        }

        var commit = await _git.RunAsync(
            new GitCommand("rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}") { GitDirectory = repository.GitDirectory },
            cancellationToken);
        return commit.Succeeded ? new ResolvedBase(target is null ? name : tag, listing.DefaultBranch!, commit.Text.Trim()) : null;

        static string Short(string name, string prefix) => name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
    }

    private Task<GitResult> ArchiveAsync(string directory, string commit, Stream tar, CancellationToken cancellationToken) =>
        _git.RunAsync(
            new GitCommand("archive", "--format=tar", commit)
            {
                GitDirectory = directory,
                Output = tar,
                MaxOutputBytes = _options.MaxTreeBytes,
                Timeout = _options.TransferTimeout,
            },
            cancellationToken);

    private async Task<IReadOnlyList<string>> ListSubmodulesAsync(string directory, string commit, CancellationToken cancellationToken)
    {
        var tree = await _git.RunAsync(
            new GitCommand("ls-tree", "-r", "-z", commit) { GitDirectory = directory, MaxOutputBytes = 256L << 20 },
            cancellationToken);
        return tree.ExitCode != 0 ? [] : SubmodulesOf(tree.Output.Span);
    }

    private static List<string> SubmodulesOf(ReadOnlySpan<byte> tree)
    {
        var submodules = new List<string>();
        while (tree.IndexOf((byte)0) is var end and >= 0)
        {
            var entry = tree[..end];
            if (entry.StartsWith("160000 "u8))
            {
                submodules.Add(Encoding.UTF8.GetString(entry[(entry.IndexOf((byte)'\t') + 1)..]));
            }

            tree = tree[(end + 1)..];
        }

        return submodules;
    }

    private static string UnknownRef(CachedRepository repository, string? baseRef)
    {
        var name = string.Concat((baseRef ?? "").Trim().Select(c => char.IsControl(c) ? ' ' : c));
        name = name.Length <= 100 ? name : name[..100] + "…";
        var nearest = NearestNames.Find(name, repository.Listing.Branches.Keys, 5);
        return $"{repository.Address} has no branch, tag or commit '{name}'; its nearest branches: {string.Join(", ", nearest)}";
    }

    [GeneratedRegex("^(?:[0-9a-f]{40}|[0-9a-f]{64})$", RegexOptions.CultureInvariant)]
    private static partial Regex CommitId();

    [GeneratedRegex("^[0-9a-f]{7,64}$", RegexOptions.CultureInvariant)]
    private static partial Regex CommitPrefix();
}
