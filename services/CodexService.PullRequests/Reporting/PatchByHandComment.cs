using CodexService.PullRequests.Forges;

namespace CodexService.PullRequests.Reporting;

/// <summary>Writes what follows the line that a change, or a part of it, has to be applied by hand: its patch, for <c>git apply</c>.</summary>
internal static class PatchByHandComment
{
    private const int LongestPatch = 30_000;

    /// <summary>The Markdown; every text in it is cleaned and fenced.</summary>
    /// <param name="branch">The branch that it belongs on; <see langword="null"/> for a new one.</param>
    /// <param name="patch">The patch.</param>
    public static string Write(string? branch, string patch)
    {
        // Half a patch applies to nothing.
        if (patch.Length > LongestPatch)
        {
            return "The patch is too long for a comment: copy that part of the task's patch from the dashboard.";
        }

        var doubt = ForeignText.Clean(patch) == patch
            ? ""
            : "\nInvisible characters were taken out of it, so it may not apply as it stands; the dashboard has it as it is.\n";
        return GitHubMarkdown.Folded(
            "The patch",
            $"On {(branch is null ? "a new branch" : ForeignText.Code(branch))}, save this as `change.patch`, read it, run `git apply change.patch`, commit and push.\n{doubt}\n{ForeignText.Block(patch, "diff")}");
    }
}
