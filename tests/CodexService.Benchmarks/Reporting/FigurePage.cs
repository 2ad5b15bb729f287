using System.Text;
using CodexService.Benchmarks.Measuring;

namespace CodexService.Benchmarks.Reporting;

/// <summary>
/// A Markdown page that keeps the figures between comments that name their benchmark. Measuring one benchmark replaces
/// its section alone; what stands outside of the comments is never touched.
/// </summary>
internal static class FigurePage
{
    /// <summary>Puts the figures of <paramref name="benchmark"/> into <paramref name="page"/>.</summary>
    /// <exception cref="FormatException">The page has no section for it.</exception>
    public static string Update(string page, IBenchmark benchmark, IReadOnlyList<Figure> figures, string circumstances)
    {
        var (begin, end) = ($"<!-- figures: {benchmark.Name} -->", $"<!-- end of figures: {benchmark.Name} -->");
        var from = page.IndexOf(begin, StringComparison.Ordinal);
        var to = page.IndexOf(end, StringComparison.Ordinal);
        return from >= 0 && to > from
            ? string.Concat(page.AsSpan(0, from + begin.Length), "\n", Section(benchmark, figures, circumstances), page.AsSpan(to))
            : throw new FormatException($"there is no section \"{begin}\" … \"{end}\" in the page");
    }

    private static string Section(IBenchmark benchmark, IReadOnlyList<Figure> figures, string circumstances)
    {
        var text = new StringBuilder();
        text.Append(benchmark.Method).Append("\n\n");
        text.Append("| claim | measured | beside | ratio | bound | |\n|---|---|---|---|---|---|\n");
        foreach (var figure in figures)
        {
            var kept = figure.IsKept switch { true => "kept", false => "**missed**", null => "" };
            text.Append($"| {figure.Claim} | {figure.Measured} | {figure.Beside} | **{figure.Ratio.Show("×")}** | {figure.Bound?.ToString() ?? ""} | {kept} |\n");
        }

        return text.Append('\n').Append(circumstances).Append('\n').ToString();
    }
}
