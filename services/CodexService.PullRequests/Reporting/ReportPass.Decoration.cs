using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.PullRequests.Forges.GitHub;

namespace CodexService.PullRequests.Reporting;

/// <content>The pull request's labels, and who asked for the task as its reviewer: once, when it is open.</content>
internal sealed partial class ReportPass
{
    private async Task<string?> DecorateAsync(CancellationToken cancellationToken)
    {
        if (standing.PullRequest is not { IsOnGitHub: true, State: PullRequestState.Open } pull)
        {
            return null;
        }

        if (!report.Labeled)
        {
            if (labels.Count > 0)
            {
                await TryAsync(pull.Number, "label it", () => repository.Issues.AddLabelsAsync(pull.Number, labels, cancellationToken));
            }

            report.Labeled = true;
            await SaveAsync(cancellationToken);
        }

        if (!report.ReviewerAsked)
        {
            if (place.Origin is { RequestedBy: { } login } && TaskTrailers.IsPerson(login))
            {
                await TryAsync(pull.Number, $"ask {login} for a review", () => repository.PullRequests.RequestReviewersAsync(pull.Number, [login], cancellationToken));
            }

            report.ReviewerAsked = true;
            await SaveAsync(cancellationToken);
        }

        return null;
    }

    // A pull request without its label is still the pull request. What may pass is tried again with the whole report; both may be done twice.
    private async Task TryAsync(int number, string what, Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (GitHubException e) when (!e.IsPassing && e.Failure != GitHubFailure.Conflict)
        {
            LogUndecorated(number, what, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Pull request #{Number} is open, but GitHub did not let us {What}: {Reason}")]
    private partial void LogUndecorated(int number, string what, string reason);
}
