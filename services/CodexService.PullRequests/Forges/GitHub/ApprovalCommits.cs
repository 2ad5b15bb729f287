using CodexService.GitHub;
using CodexService.GitHub.Rest;

namespace CodexService.PullRequests.Forges.GitHub;

/// <summary>The commits by which held paths come to a branch when a person approved them.</summary>
internal static class ApprovalCommits
{
    private const int Most = 20;

    /// <summary>The line by which they are known: not the trailer of the task's own commits, by which those are found.</summary>
    public static string Trailer(Guid taskId) => $"Codex-Approval: {taskId:D}";

    /// <summary>
    /// Whether there is nothing but such commits, or nothing at all, from <paramref name="start"/> to <paramref name="head"/>: an approval may
    /// end after the first of them, and goes on from there when it is tried again.
    /// </summary>
    /// <exception cref="GitHubException">A commit could not be read.</exception>
    public static async Task<bool> AreAllAsync(IGitData git, string start, string head, Guid taskId, CancellationToken cancellationToken)
    {
        for (var steps = 0; steps < Most && head != start; steps++)
        {
            var commit = await git.GetCommitAsync(head, cancellationToken);
            if (!commit.Message.Contains(Trailer(taskId), StringComparison.Ordinal) || commit.Parents is not [var parent])
            {
                return false;
            }

            head = parent.Sha;
        }

        return head == start;
    }
}
