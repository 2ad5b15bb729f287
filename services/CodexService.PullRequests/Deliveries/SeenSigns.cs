using CodexService.GitHub;

namespace CodexService.PullRequests.Deliveries;

/// <summary>
/// Shows 👀 where something was asked for, at once and before anything that takes time. GitHub takes it twice as once, so a delivery that
/// is handled again does no harm. It is a courtesy: that it cannot be shown stands against nothing, and the status comment follows. Thread-safe.
/// </summary>
internal sealed partial class SeenSigns(TimeProvider time, ILogger<SeenSigns> logger)
{
    private const string Seen = "eyes";

    // Longer than an answer takes, and short for who waits for the work: a limit of GitHub is not sat out for it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Shows it on the comment that asked, else on the issue or pull request: reviews take no reactions. What GitHub tells of by itself gets none.
    /// </summary>
    public async Task ShowAsync(TriggerContext context, CancellationToken cancellationToken)
    {
        var wanted = context.Wanted;
        if (wanted is { Actor: null } or { Number: 0 })
        {
            return;
        }

        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await (context.Payload switch
            {
                { Comment: { Path: not null } comment } => context.Repository.PullRequests.ReactToReviewCommentAsync(comment.Id, Seen, either.Token),
                { Comment: { } comment } => context.Repository.Issues.ReactToCommentAsync(comment.Id, Seen, either.Token),
                _ => context.Repository.Issues.ReactAsync(wanted.Number, Seen, either.Token),
            });
        }
        catch (GitHubException e)
        {
            LogUnshown(context.Repository.Name.ToString(), wanted.Number, e.Message);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            LogUnshown(context.Repository.Name.ToString(), wanted.Number, $"GitHub did not take it in {Patience.TotalSeconds:0} s");
        }
    }

    [LoggerMessage(LogLevel.Warning, "That a request was seen could not be shown on {Repository}#{Number}: {Reason}; the work goes on")]
    private partial void LogUnshown(string repository, int number, string reason);
}
