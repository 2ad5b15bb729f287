using System.Globalization;
using System.Text;
using CodexService.Agent.Tools;
using CodexService.Contracts;
using CodexService.Repositories.Patches;
using CodexService.Repositories.Reviewing;

namespace CodexService.Agent.Reviews;

/// <summary>
/// A diff as a model reads it best: each line of the new file has its number before it, so that nobody has to count from the
/// head of a hunk. Hidden characters are stripped.
/// </summary>
internal static class DiffText
{
    private const int LongestLine = 400;
    private const int LongestName = 300;
    private const int MostNames = 150;

    private static readonly string[] MadeByTools = ["package-lock.json", "yarn.lock", "pnpm-lock.yaml", "poetry.lock", "uv.lock", "Cargo.lock", "go.sum", "packages.lock.json", "composer.lock", "Gemfile.lock"];

    /// <summary>What is shown of a diff, and what is not.</summary>
    /// <param name="Shown">Files and hunks that fit.</param>
    /// <param name="Rest">One line for each file that is not shown whole; empty when all are.</param>
    internal readonly record struct Fitted(string Shown, string Rest);

    /// <summary>As many files and hunks as fit, files that tools write last.</summary>
    /// <param name="diff">The diff.</param>
    /// <param name="tokens">Room.</param>
    /// <param name="count">Counts tokens.</param>
    public static Fitted Fit(ChangeDiff diff, int tokens, Func<string, int> count)
    {
        var (shown, rest, left) = (new StringBuilder(), new List<string>(), tokens);
        foreach (var file in diff.Files.OrderBy(file => IsMadeByTools(file.Path)))
        {
            var heading = Heading(file);
            var text = new StringBuilder(heading).Append('\n');
            var cost = count(heading) + 1;
            var fitting = 0;
            foreach (var hunk in file.Hunks)
            {
                var lines = Render(hunk);
                var more = count(lines);
                if (cost + more > left)
                {
                    break;
                }

                text.Append(lines);
                cost += more;
                fitting++;
            }

            if (cost > left || (fitting == 0 && file.Hunks.Count > 0))
            {
                rest.Add(heading);
                continue;
            }

            shown.Append(text);
            left -= cost;
            if (fitting < file.Hunks.Count)
            {
                rest.Add($"{heading}: {file.Hunks.Count - fitting} of {file.Hunks.Count} hunks");
            }
        }

        var listed = string.Join('\n', rest.Take(MostNames));
        return new Fitted(shown.ToString().TrimEnd(), rest.Count > MostNames ? $"{listed}\nand {Quantity.Of(rest.Count - MostNames, "more file")}" : listed);
    }

    /// <summary>The lines of one file, from a line of that text on.</summary>
    /// <param name="file">The file.</param>
    /// <param name="from">First line of the text, from 1.</param>
    /// <param name="characters">Room.</param>
    public static string Page(DiffFile file, int from, int characters)
    {
        var lines = $"{Heading(file)}\n{string.Concat(file.Hunks.Select(Render))}".TrimEnd('\n').Split('\n');
        var page = new StringBuilder();
        var next = Math.Clamp(from, 1, lines.Length) - 1;
        while (next < lines.Length && (page.Length == 0 || page.Length + lines[next].Length < characters))
        {
            page.Append(lines[next++]).Append('\n');
        }

        return next < lines.Length ? $"{page}({Quantity.Of(lines.Length - next, "more line")}: call diff with from={next + 1})" : page.ToString().TrimEnd('\n');
    }

    /// <summary>Name, kind of change and size; one line.</summary>
    public static string Heading(DiffFile file)
    {
        var name = UntrustedText.Line(file.Path, LongestName);
        var what = file.Change switch
        {
            FileChange.Added => "new file",
            FileChange.Deleted => "deleted",
            _ when file.OldPath is { } old => $"renamed from {UntrustedText.Line(old, LongestName)}",
            _ => "modified",
        };
        return string.Create(CultureInfo.InvariantCulture, $"=== {name} ({what}{(file.IsBinary ? ", binary" : $", +{file.AddedLines} -{file.RemovedLines}")})");
    }

    private static bool IsMadeByTools(string path) =>
        MadeByTools.Contains(path[(path.LastIndexOf('/') + 1)..], StringComparer.Ordinal) || path.EndsWith(".min.js", StringComparison.Ordinal) || path.EndsWith(".min.css", StringComparison.Ordinal);

    private static string Render(DiffHunk hunk)
    {
        var text = new StringBuilder("@@ ").Append(UntrustedText.Line(hunk.Heading, 120)).Append('\n');
        foreach (var line in hunk.Lines)
        {
            var sign = line.Kind switch
            {
                DiffLineKind.Added => '+',
                DiffLineKind.Removed => '-',
                _ => ' ',
            };
            var content = UntrustedText.Clean(line.Text);
            text.Append(CultureInfo.InvariantCulture, $"{line.NewLine,6} {sign} ").Append(content.Length > LongestLine ? content[..(LongestLine - 1)] + "…" : content).Append('\n');
        }

        return text.ToString();
    }
}
