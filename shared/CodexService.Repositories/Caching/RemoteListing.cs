using System.Text;

namespace CodexService.Repositories.Caching;

/// <summary>The branches and tags of a repository as it answered at one moment.</summary>
/// <param name="Head">Commit of HEAD; <see langword="null"/> when HEAD names a branch without commits.</param>
/// <param name="DefaultBranch">Branch that HEAD names, or the likeliest one when HEAD is detached; <see langword="null"/> without branches.</param>
/// <param name="Branches">Branch name → commit, in the repository's order.</param>
/// <param name="Tags">Tag name → object.</param>
internal sealed record RemoteListing(
    string? Head,
    string? DefaultBranch,
    IReadOnlyDictionary<string, string> Branches,
    IReadOnlyDictionary<string, string> Tags)
{
    private const string Heads = "refs/heads/";
    private const string TagRefs = "refs/tags/";
    private const string SymbolicHead = "ref: " + Heads;

    /// <summary>Parses the output of <c>git ls-remote --symref</c>.</summary>
    public static RemoteListing Parse(ReadOnlySpan<byte> output)
    {
        string? head = null;
        string? named = null;
        var branches = new Dictionary<string, string>(StringComparer.Ordinal);
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in Encoding.UTF8.GetString(output).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            if (tab < 0)
            {
                continue;
            }

            var (value, name) = (line[..tab], line[(tab + 1)..]);
            if (name == "HEAD")
            {
                (named, head) = value.StartsWith(SymbolicHead, StringComparison.Ordinal) ? (value[SymbolicHead.Length..], head) : (named, value);
            }
            else if (name.StartsWith(Heads, StringComparison.Ordinal))
            {
                branches[name[Heads.Length..]] = value;
            }
            else if (name.StartsWith(TagRefs, StringComparison.Ordinal) && !name.EndsWith("^{}", StringComparison.Ordinal))
            {
                tags[name[TagRefs.Length..]] = value;
            }
        }

        return new RemoteListing(head, ChooseDefault(named, head, branches), branches, tags);
    }

    private static string? ChooseDefault(string? named, string? head, Dictionary<string, string> branches)
    {
        if (named is not null && branches.ContainsKey(named))
        {
            return named;
        }

        string[] usual = ["main", "master", "trunk", "develop"];
        return usual.FirstOrDefault(name => branches.TryGetValue(name, out var tip) && tip == head)
            ?? branches.Where(branch => branch.Value == head).Select(branch => branch.Key).FirstOrDefault()
            ?? usual.FirstOrDefault(branches.ContainsKey)
            ?? branches.Keys.FirstOrDefault();
    }
}
