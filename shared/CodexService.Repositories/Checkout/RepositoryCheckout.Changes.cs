using System.Text.RegularExpressions;
using CodexService.Repositories.Git;
using CodexService.Repositories.Reviewing;

namespace CodexService.Repositories.Checkout;

/// <content>Changes that people made: which commits they are, and their diff. Read from git's objects alone.</content>
public sealed partial class RepositoryCheckout
{
    /// <summary>Bytes of a diff that are read. A person would not review more at once either.</summary>
    private const long MaxDiffBytes = 8L << 20;

    /// <summary>
    /// Finds head and merge base of a change. The head is a branch, a tag, a commit or any full ref, such as
    /// <c>refs/pull/7/head</c>, which hosting services keep for pull requests, those of forks included.
    /// </summary>
    /// <exception cref="RepositoryException">The repository cannot be used, a ref is unknown, or there is nothing between them.</exception>
    public async Task<ChangeRange> ResolveChangeAsync(RepositoryAddress address, string? baseRef, string headRef, CancellationToken cancellationToken)
    {
        var start = await ResolveAsync(address, baseRef, cancellationToken);
        var head = await ResolveHeadAsync(address, headRef.Trim(), cancellationToken);
        var shared = await _git.RunAsync(new GitCommand("merge-base", start.Commit, head) { GitDirectory = _cache.DirectoryOf(address) }, cancellationToken);
        if (!shared.Succeeded)
        {
            throw new RepositoryException(RepositoryErrorKind.UnknownRef, $"'{Shown(headRef)}' and '{start.Ref}' share no history, so there is no change to look at; name the branch that the change is meant for");
        }

        var mergeBase = shared.Text.Trim();
        return mergeBase != head
            ? new ChangeRange(mergeBase, head)
            : throw new RepositoryException(RepositoryErrorKind.UnknownRef, $"'{Shown(headRef)}' has no commit that '{start.Ref}' lacks, so there is no change to look at");
    }

    /// <summary>The diff from <paramref name="range"/>'s merge base to its head, with renames.</summary>
    /// <exception cref="RepositoryException">The repository cannot be used, a commit is gone, or the diff is too large.</exception>
    public async Task<ChangeDiff> ReadChangeAsync(RepositoryAddress address, ChangeRange range, CancellationToken cancellationToken)
    {
        if (!CommitId().IsMatch(range.MergeBase) || !CommitId().IsMatch(range.Head))
        {
            throw new RepositoryException(RepositoryErrorKind.UnknownRef, $"'{range.MergeBase}' or '{range.Head}' is not a commit id");
        }

        if (!Directory.Exists(_cache.DirectoryOf(address)))
        {
            await _cache.EnsureAsync(address, cancellationToken);
        }

        var diff = await DiffAsync(address, range, cancellationToken);
        if (diff is { Succeeded: false, Truncated: false })
        {
            // Another machine resolved the commits: bring them here.
            _cache.Distrust(address);
            await _cache.EnsureAsync(address, cancellationToken);
            await _cache.FetchRefAsync(address, range.Head, cancellationToken);
            diff = await DiffAsync(address, range, cancellationToken);
        }

        if (diff.Truncated)
        {
            throw new RepositoryException(RepositoryErrorKind.TooLarge, $"the diff from {range.MergeBase[..10]} to {range.Head[..10]} is larger than {MaxDiffBytes >> 20} MiB; review it in parts");
        }

        return diff.Succeeded
            ? DiffReader.Read(diff.Text)
            : throw new RepositoryException(RepositoryErrorKind.UnknownRef, $"{address} has no diff from {range.MergeBase} to {range.Head} (any more): {diff.ErrorLine}");
    }

    private async Task<string> ResolveHeadAsync(RepositoryAddress address, string name, CancellationToken cancellationToken)
    {
        if (name.StartsWith("refs/", StringComparison.Ordinal) && !name.StartsWith("refs/heads/", StringComparison.Ordinal) && !name.StartsWith("refs/tags/", StringComparison.Ordinal))
        {
            return RefName().IsMatch(name) && !ForbiddenInRefs().IsMatch(name)
                ? await _cache.FetchRefAsync(address, name, cancellationToken)
                : throw new RepositoryException(RepositoryErrorKind.UnknownRef, $"'{Shown(name)}' is not the name of a ref; write it like refs/pull/7/head");
        }

        try
        {
            return (await ResolveAsync(address, name.Length == 0 ? throw new RepositoryException(RepositoryErrorKind.UnknownRef, "the head is empty; name a branch, a commit or a full ref such as refs/pull/7/head") : name, cancellationToken)).Commit;
        }
        catch (RepositoryException e) when (e.Kind == RepositoryErrorKind.UnknownRef && CommitId().IsMatch(name))
        {
            // A commit that no branch holds any more, or that only a fork has.
            return await _cache.FetchRefAsync(address, name, cancellationToken);
        }
    }

    private Task<GitResult> DiffAsync(RepositoryAddress address, ChangeRange range, CancellationToken cancellationToken) => _git.RunAsync(
        new GitCommand("diff-tree", "-r", "-p", "-M", "--unified=3", "--full-index", "--no-color", "--no-ext-diff", "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/", range.MergeBase, range.Head)
        {
            GitDirectory = _cache.DirectoryOf(address),
            MaxOutputBytes = MaxDiffBytes,
        },
        cancellationToken);

    private static string Shown(string name)
    {
        name = string.Concat(name.Trim().Select(c => char.IsControl(c) ? ' ' : c));
        return name.Length <= 100 ? name : name[..100] + "…";
    }

    // What git check-ref-format takes, without the patterns of refspecs.
    [GeneratedRegex(@"\Arefs/[^\x00-\x20\x7f~^:?*\[\\]{1,250}\z", RegexOptions.CultureInvariant)]
    private static partial Regex RefName();

    [GeneratedRegex(@"\.\.|//|/\.|@\{|[/.]\z|\.lock(/|\z)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex ForbiddenInRefs();
}
