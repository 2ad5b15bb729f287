using CodexService.Repositories.Git;
using CodexService.Repositories.Patches;

namespace CodexService.Repositories.Publishing;

/// <summary>
/// Looks for work in the user's checkout that git itself would overwrite when a push updates the checked-out branch:
/// ignored files where the change brings a file, and files that git was told not to look at. Changed, staged and
/// untracked files are guarded by git.
/// </summary>
internal sealed class CheckoutGuard(GitRunner git)
{
    /// <summary>One line that says what would be lost, or <see langword="null"/> when nothing would.</summary>
    public async Task<string?> WhatWouldBeLostAsync(
        string cache, string repository, string branch, string tip, string tree, CancellationToken cancellationToken)
    {
        if (await FindCheckoutAsync(repository, branch, cancellationToken) is not { } checkout)
        {
            return null;
        }

        var difference = await git.RunCheckedAsync(
            new GitCommand("diff-tree", "-r", "-z", "--no-renames", "--name-status", tip, tree) { GitDirectory = cache }, cancellationToken);
        var fields = difference.Text.Split('\0', StringSplitOptions.RemoveEmptyEntries);
        var changes = Enumerable.Range(0, fields.Length / 2).Select(i => (Status: fields[2 * i], Path: fields[(2 * i) + 1])).ToArray();

        var deleted = changes.Where(c => c.Status == "D").Select(c => c.Path).ToHashSet(StringComparer.Ordinal);
        var occupied = changes.Where(c => c.Status == "A").Select(c => Occupied(checkout, c.Path, deleted)).FirstOrDefault(path => path is not null);
        if (occupied is not null)
        {
            return $"the merge would overwrite {PathRules.Show(occupied)} in {checkout}, which is not in git; move it away and merge again";
        }

        var tracked = await git.RunCheckedAsync(new GitCommand("-C", checkout, "ls-files", "-v", "-z"), cancellationToken);
        var unwatched = tracked.Text
            .Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.Length > 2 && (line[0] == 'S' || char.IsAsciiLetterLower(line[0])))
            .Select(line => line[2..])
            .ToHashSet(StringComparer.Ordinal);
        var hidden = changes.Where(c => unwatched.Contains(c.Path) && Exists(Path.Combine(checkout, c.Path))).Select(c => c.Path).FirstOrDefault();
        return hidden is null
            ? null
            : $"the merge would overwrite {PathRules.Show(hidden)} in {checkout}, which git was told not to look at (assume-unchanged or skip-worktree); merge by hand";
    }

    /// <summary>The folder where the branch is checked out, if any.</summary>
    private async Task<string?> FindCheckoutAsync(string repository, string branch, CancellationToken cancellationToken)
    {
        var list = await git.RunCheckedAsync(new GitCommand("-C", repository, "worktree", "list", "--porcelain"), cancellationToken);
        foreach (var worktree in list.Text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = worktree.Split('\n');
            if (lines.Contains($"branch refs/heads/{branch}", StringComparer.Ordinal) && lines[0].StartsWith("worktree ", StringComparison.Ordinal))
            {
                return lines[0]["worktree ".Length..];
            }
        }

        return null;
    }

    /// <summary>The path itself when something is there, or the file that stands where one of its folders has to be.</summary>
    private static string? Occupied(string checkout, string path, HashSet<string> deleted)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            var folder = path[..slash];
            if (File.Exists(Path.Combine(checkout, folder)) && !deleted.Contains(folder))
            {
                return folder;
            }
        }

        return Exists(Path.Combine(checkout, path)) ? path : null;
    }

    private static bool Exists(string path) => Path.Exists(path) || new FileInfo(path).LinkTarget is not null;
}
