using System.Globalization;
using System.Text;
using CodexService.Repositories.Git;
using CodexService.Repositories.Patches;

namespace CodexService.Repositories.Publishing;

/// <summary>
/// The second gate: judges what a patch really did to the tree, so that nothing depends on two programs reading the
/// patch text alike.
/// </summary>
internal sealed class TreeDifference(GitRunner git)
{
    /// <summary>Compares two trees and returns the paths that a person must look at.</summary>
    /// <exception cref="RepositoryException">The difference breaks a rule.</exception>
    public async Task<IReadOnlyList<string>> CheckAsync(string directory, string baseCommit, string tree, PatchLimits limits, CancellationToken cancellationToken) =>
        [.. (await ReadAsync(directory, baseCommit, tree, limits, cancellationToken)).Select(changed => changed.Path).Where(PathRules.IsHeld)];

    /// <summary>Compares two trees and returns what differs.</summary>
    /// <exception cref="RepositoryException">The difference breaks a rule, or there is none.</exception>
    public async Task<IReadOnlyList<ChangedPath>> ReadAsync(string directory, string baseCommit, string tree, PatchLimits limits, CancellationToken cancellationToken)
    {
        var raw = await git.RunCheckedAsync(
            new GitCommand("diff-tree", "-r", "--raw", "-z", "--no-renames", "--no-abbrev", baseCommit, tree) { GitDirectory = directory },
            cancellationToken);
        var entries = Parse(raw.Text);
        if (entries.Count == 0)
        {
            throw Refused("the patch changes nothing");
        }

        if (entries.Count > limits.MaxFiles)
        {
            throw Refused($"the patch changes {entries.Count} files; at most {limits.MaxFiles} are allowed");
        }

        foreach (var entry in entries)
        {
            var violation = PathRules.Check(entry.Path) ?? ModeRules.Check(entry.Path, entry.OldMode, entry.NewMode, entry.Change).FirstOrDefault();
            if (violation is not null)
            {
                throw Refused(violation.Message);
            }
        }

        var sizes = await SizesAsync(directory, entries, limits, cancellationToken);
        return [.. entries.Select(e => new ChangedPath(e.Path, e.NewMode, e.NewMode is null ? null : e.NewId, sizes.GetValueOrDefault(e.Path)))];
    }

    /// <summary>What differs between two trees, by no rule: for what people committed themselves.</summary>
    public async Task<IReadOnlyList<ChangedPath>> ListAsync(string directory, string from, string to, CancellationToken cancellationToken)
    {
        var raw = await git.RunCheckedAsync(
            new GitCommand("diff-tree", "-r", "--raw", "-z", "--no-renames", "--no-abbrev", from, to) { GitDirectory = directory, MaxOutputBytes = 256L << 20 },
            cancellationToken);
        var entries = Parse(raw.Text);
        var known = await BatchAsync(directory, entries, cancellationToken);

        // A submodule's commit is no object of this repository.
        return [.. entries.Select(e => new ChangedPath(e.Path, e.NewMode, e.NewMode is null ? null : e.NewId, long.TryParse(known.GetValueOrDefault(e.Path), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : 0))];
    }

    private async Task<Dictionary<string, long>> SizesAsync(string directory, List<Entry> entries, PatchLimits limits, CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (path, line) in await BatchAsync(directory, entries, cancellationToken))
        {
            if (!long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size > limits.MaxFileBytes)
            {
                throw Refused($"'{PathRules.Show(path)}' would have {line} bytes; at most {limits.MaxFileBytes} are allowed");
            }

            known[path] = size;
        }

        return known;
    }

    /// <summary>What git says of the size of each path's new content.</summary>
    private async Task<Dictionary<string, string>> BatchAsync(string directory, List<Entry> entries, CancellationToken cancellationToken)
    {
        var changed = entries.Where(e => e.NewMode is not null).ToArray();
        var sizes = await git.RunCheckedAsync(
            new GitCommand("cat-file", "--batch-check=%(objectsize)")
            {
                GitDirectory = directory,
                Input = Encoding.ASCII.GetBytes(string.Concat(changed.Select(e => e.NewId + "\n"))),
            },
            cancellationToken);
        return changed.Zip(sizes.Text.Split('\n')).ToDictionary(pair => pair.First.Path, pair => pair.Second, StringComparer.Ordinal);
    }

    private static List<Entry> Parse(string raw)
    {
        // :100644 100644 <id> <id> M NUL path NUL
        var fields = raw.Split('\0');
        var entries = new List<Entry>();
        for (var i = 0; i + 1 < fields.Length; i += 2)
        {
            var parts = fields[i].Split(' ');
            var (oldMode, newMode) = (Mode(parts[0].TrimStart(':')), Mode(parts[1]));
            entries.Add(new Entry(
                fields[i + 1],
                oldMode,
                newMode,
                parts[3],
                oldMode is null || (oldMode == "120000" && newMode is not null) ? FileChange.Added : newMode is null ? FileChange.Deleted : FileChange.Modified));
        }

        return entries;

        static string? Mode(string mode) => mode == "000000" ? null : mode;
    }

    private static RepositoryException Refused(string why) => new(RepositoryErrorKind.PatchRefused, why);

    private sealed record Entry(string Path, string? OldMode, string? NewMode, string NewId, FileChange Change);
}
