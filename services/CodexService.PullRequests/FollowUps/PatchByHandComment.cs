using CodexService.PullRequests.Forges;
using CodexService.PullRequests.Reporting;

namespace CodexService.PullRequests.FollowUps;

/// <summary>Writes what follows the line that some approved paths have to be applied by hand: their patch, for <c>git apply</c>.</summary>
internal static class PatchByHandComment
{
    private const int LongestPatch = 30_000;

    /// <summary>The Markdown; every text in it is cleaned and fenced.</summary>
    public static string Write(string branch, PatchByHand byHand)
    {
        // Half a patch applies to nothing.
        if (byHand.Patch.Length > LongestPatch)
        {
            return "The patch is too long for a comment: copy that part of the task's patch from the dashboard.";
        }

        var doubt = ForeignText.Clean(byHand.Patch) == byHand.Patch
            ? ""
            : "\nInvisible characters were taken out of it, so it may not apply as it stands; the dashboard has it as it is.\n";
        return GitHubMarkdown.Folded(
            "The patch",
            $"On {ForeignText.Code(branch)}, save this as `approved.patch`, read it, run `git apply approved.patch`, commit and push.\n{doubt}\n{ForeignText.Block(byHand.Patch, "diff")}");
    }
}
