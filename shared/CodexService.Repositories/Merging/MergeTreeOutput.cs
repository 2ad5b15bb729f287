namespace CodexService.Repositories.Merging;

/// <summary>
/// Reads what <c>git merge-tree --write-tree --messages -z</c> prints: the tree, the index entries of each conflicted path with their
/// stages, an empty field, and messages, each as a number of paths, those paths, a type that stays the same over git's versions, and a text.
/// </summary>
internal static class MergeTreeOutput
{
    private const string Symlink = "120000";
    private const string Submodule = "160000";

    /// <summary>The tree and what is in conflict.</summary>
    public static (string Tree, IReadOnlyList<ConflictedPath> Conflicts) Read(string output)
    {
        var fields = output.Split('\0');
        var tree = fields[0].Trim();
        var at = 1;

        // <mode> <id> <stage>\t<path>
        var stages = new SortedDictionary<string, List<(string Mode, int Stage)>>(StringComparer.Ordinal);
        for (; at < fields.Length && fields[at].Length > 0; at++)
        {
            var tab = fields[at].IndexOf('\t', StringComparison.Ordinal);
            var head = fields[at][..tab].Split(' ');
            var path = fields[at][(tab + 1)..];
            if (!stages.TryGetValue(path, out var known))
            {
                stages[path] = known = [];
            }

            known.Add((head[0], head[2][0] - '0'));
        }

        var types = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        for (at++; at < fields.Length && int.TryParse(fields[at], out var count) && at + count + 2 < fields.Length; at += count + 3)
        {
            foreach (var path in fields[(at + 1)..(at + 1 + count)])
            {
                if (!types.TryGetValue(path, out var known))
                {
                    types[path] = known = [];
                }

                known.Add(fields[at + 1 + count]);
            }
        }

        return (tree, [.. stages.Select(one => new ConflictedPath(one.Key, Kind(one.Value, types.GetValueOrDefault(one.Key) ?? [])))]);
    }

    private static ConflictKind Kind(List<(string Mode, int Stage)> stages, HashSet<string> types) =>
        stages.Exists(stage => stage.Mode is Symlink or Submodule) ? ConflictKind.NotAFile
        : types.Contains("CONFLICT (binary)") ? ConflictKind.Binary
        : types.Contains("CONFLICT (modify/delete)") ? stages.Exists(stage => stage.Stage == 2) ? ConflictKind.DeletedInBase : ConflictKind.DeletedInBranch
        : types.Contains("CONFLICT (contents)") && stages.Exists(stage => stage.Stage == 2) && stages.Exists(stage => stage.Stage == 3) ? ConflictKind.Content
        : ConflictKind.Names;
}
