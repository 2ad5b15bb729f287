using System.Text;
using CodexService.PullRequests.Forges;
using CodexService.Repositories.Patches;

namespace CodexService.PullRequests.Reporting;

/// <summary>Writes the comment on a pull request that asks a person to approve what was left out of it.</summary>
internal static class HeldPathsComment
{
    private const int MostPaths = 50;
    private const int LongestPatch = 30_000;

    /// <summary>The Markdown that people see; <see langword="null"/> when nothing is held.</summary>
    public static string? Write(TaskStanding task)
    {
        if (task.PullRequest is not { Held: { Count: > 0 } held } pull)
        {
            return null;
        }

        var text = new StringBuilder();
        text.Append("### ✋ A part of the change waits for your approval\n\n")
            .Append("These files run with the repository's own rights or decide who reviews it. Their changes are not in this pull request:\n\n");
        foreach (var path in held.Take(MostPaths))
        {
            text.Append("- ").Append(ForeignText.Code(path)).Append('\n');
        }

        if (held.Count > MostPaths)
        {
            text.Append("- and ").Append(held.Count - MostPaths).Append(" more\n");
        }

        text.Append("\nRead them, then, as a person with write access, comment `@").Append(task.Mention).Append(" approve`, or apply them by hand to ")
            .Append(ForeignText.Code(pull.Branch)).Append(" (at `").Append(StatusComment.Short(pull.HeadCommit)).Append("`).\n");
        if (Parts(task.Patches, held) is { Length: > 0 } patch)
        {
            var shown = ForeignText.Shorten(patch, LongestPatch);
            text.Append('\n').Append(GitHubMarkdown.Folded(
                patch.Length > shown.Length ? "The changes (shortened; the whole patch is in the dashboard)" : "The changes", ForeignText.Block(shown, "diff")));
        }

        return GitHubMarkdown.Bounded(text.ToString());
    }

    // For each path the first patch that touches it.
    private static string Parts(IReadOnlyList<string> patches, IReadOnlyList<string> held)
    {
        var left = held.ToHashSet(StringComparer.Ordinal);
        var text = new StringBuilder();
        foreach (var patch in patches.TakeWhile(_ => left.Count > 0))
        {
            var sections = Sections(patch).Where(section => left.Contains(section.Path)).ToList();
            sections.ForEach(section => text.Append(section.Text));
            left.ExceptWith(sections.Select(section => section.Path));
        }

        return text.ToString();
    }

    // The sections of a patch stand in the order of the files that the policy lists. No line of a section's content begins like a section.
    private static IEnumerable<(string Path, string Text)> Sections(string patch)
    {
        var files = PatchPolicy.Check(patch).Files;
        var starts = new List<int>();
        for (var at = patch.StartsWith("diff --git ", StringComparison.Ordinal) ? 0 : Next(0); at >= 0; at = Next(at))
        {
            starts.Add(at);
        }

        if (starts.Count != files.Count)
        {
            return [];
        }

        return starts.Select((start, i) => (files[i].Path, patch[start..(i + 1 < starts.Count ? starts[i + 1] : patch.Length)]));

        int Next(int after) => patch.IndexOf("\ndiff --git ", after, StringComparison.Ordinal) is >= 0 and var found ? found + 1 : -1;
    }
}
