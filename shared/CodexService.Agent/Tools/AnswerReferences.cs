using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CodexService.Agent.Tools;

/// <summary>Finds the places that an answer names: <c>path:12</c>, <c>path:12-20</c>, <c>path#L12-L20</c>, bare, in backticks and as targets of links.</summary>
internal static partial class AnswerReferences
{
    /// <summary>More than this many places are not looked up.</summary>
    public const int Most = 200;

    private const int LongestPath = 1024;

    /// <summary>A place as it is written.</summary>
    /// <param name="Path">Path, as far as possible relative to the repository.</param>
    /// <param name="Line">From 1; 0 and less are kept as they were written.</param>
    /// <param name="EndLine">End of a range.</param>
    /// <param name="IsCertain">Whether it can be nothing but a place. <c>step:3</c> is one only when there is such a file.</param>
    internal readonly record struct Found(string Path, int Line, int? EndLine, bool IsCertain);

    /// <summary>All places in their order, each once.</summary>
    /// <param name="markdown">The answer.</param>
    /// <param name="workspace">Folder of the repository, which models put before paths.</param>
    public static IReadOnlyList<Found> Find(string markdown, string workspace)
    {
        var found = new SortedDictionary<int, Found>();
        var rest = new StringBuilder(markdown);

        // Names with spaces are understood where something marks their ends.
        foreach (var pattern in new[] { Link(), Code(), Bare() })
        {
            foreach (Match match in pattern.Matches(rest.ToString()))
            {
                if (Read(match, workspace) is { } place)
                {
                    found.TryAdd(match.Index, place);
                    for (var i = match.Index; i < match.Index + match.Length; i++)
                    {
                        rest[i] = ' ';
                    }
                }
            }
        }

        return [.. found.Values.Distinct().Take(Most)];
    }

    private static Found? Read(Match match, string workspace)
    {
        var path = match.Groups["path"].Value;
        if (path.Contains("://", StringComparison.Ordinal))
        {
            return null;
        }

        path = path.StartsWith(workspace + "/", StringComparison.Ordinal) ? path[(workspace.Length + 1)..] : path;
        while (path.StartsWith("./", StringComparison.Ordinal))
        {
            path = path[2..];
        }

        if (path.Length is 0 or > LongestPath || path.EndsWith('/') || !IsName(path))
        {
            return null;
        }

        return new Found(path, Number(match.Groups["line"].Value), match.Groups["end"] is { Success: true } end ? Number(end.Value) : null, HasExtension(path));
    }

    // Times (12:30), versions and addresses of networks have no letter.
    private static bool IsName(string path) => path.Any(char.IsLetter);

    private static bool HasExtension(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        var dot = name.LastIndexOf('.');
        return dot >= 0 && dot < name.Length - 1 && char.IsLetter(name[dot + 1]);
    }

    private static int Number(string digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;

    [GeneratedRegex(@"\]\(<?(?<path>[^()<>\n:#`]+)(?::|#L)(?<line>\d+)(?:[-–]L?(?<end>\d+))?>?\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Link();

    [GeneratedRegex(@"`(?<path>[^`\n:#]+)(?::|#L)(?<line>\d+)(?:[-–]L?(?<end>\d+))?(?::\d+)?`", RegexOptions.ExplicitCapture)]
    private static partial Regex Code();

    // Not inside of a longer word, and not the port of an address.
    [GeneratedRegex(@"(?<![\w./@:+-])(?<path>[\w./@+-]+)(?::|#L)(?<line>\d+)(?:[-–]L?(?<end>\d+))?(?![\w/])", RegexOptions.ExplicitCapture)]
    private static partial Regex Bare();
}
