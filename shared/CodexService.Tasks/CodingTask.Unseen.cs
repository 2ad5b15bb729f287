using CodexService.Contracts.Api;

namespace CodexService.Tasks;

/// <content>Whether the pull request can be seen on its forge.</content>
public sealed partial class CodingTask
{
    /// <summary>
    /// The forge refused to show the pull request: said in the log once, until it has been seen again. Its state stays what was seen last,
    /// as whether it was merged or closed since is not known.
    /// </summary>
    /// <param name="reason">Why; one line.</param>
    /// <param name="now">On the service's clock.</param>
    public void NotSeenOnForge(string reason, DateTimeOffset now)
    {
        if (PullRequest is not { State: PullRequestState.Open } pull)
        {
            return;
        }

        if (pull.UnseenSince is null)
        {
            GaveUp(
                $"Pull request #{pull.ShownNumber} cannot be followed on its forge, which is asked less and less often, and no more after {PullRequests.PullRequest.UnseenPatience.TotalDays:0} days",
                reason);
        }

        pull.NotSeen(now);
    }

    /// <summary>The forge shows the pull request.</summary>
    public void SeenOnForge() => PullRequest?.Seen();
}
