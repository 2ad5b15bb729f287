using System.Text;
using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.GitHub.Webhooks;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Triggers;
using CodexService.Tasks.FollowUps;

namespace CodexService.PullRequests.FollowUps;

/// <summary>Reads what a review or a mention says, with the lines it is about. Only what people with write access wrote is taken.</summary>
internal static class FeedbackReader
{
    private const int MostInThread = 20;
    private const int LongestInThread = 2000;

    // Comments are part of their review from the moment that it is submitted; GitHub's clocks agree to the second.
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(5);

    /// <summary>What the delivery says, as it was when it was said; empty when nothing is left of it.</summary>
    public static async Task<SaidFeedback> ReadAsync(TriggerContext context, CancellationToken cancellationToken)
    {
        var (wanted, payload) = (context.Wanted, context.Payload);
        var access = new WriteAccess(context.Repository);
        if (payload.Review is { } review)
        {
            var (comments, changed) = await OfReviewAsync(context, review, access, cancellationToken);
            return new SaidFeedback(new Feedback(wanted.Actor!, wanted.Said ?? wanted.Text, comments) { IsReview = true }, changed);
        }

        return new SaidFeedback(
            payload.Comment is { Path: { } path } comment
                ? new Feedback(wanted.Actor!, "", [await OfThreadAsync(context, comment, path, access, cancellationToken)])
                : new Feedback(wanted.Actor!, wanted.Said ?? wanted.Text, []),
            0);
    }

    private static async Task<(List<LineComment> Comments, int Changed)> OfReviewAsync(TriggerContext context, WebhookReview review, WriteAccess access, CancellationToken cancellationToken)
    {
        var number = context.Wanted.Number;
        var brought = await ListAsync(() => context.Repository.PullRequests.ListReviewCommentsAsync(number, review.Id, cancellationToken));
        if (brought.Count == 0)
        {
            return ([], 0);
        }

        var all = await ListAsync(() => context.Repository.PullRequests.ListReviewCommentsAsync(number, cancellationToken));
        var comments = new List<LineComment>();
        var changed = 0;
        foreach (var one in brought)
        {
            if (one.Body.Contains(TriggerDecider.OwnMark, StringComparison.Ordinal) || !await MayAsync(context, one.User, access, cancellationToken))
            {
                continue;
            }

            if (!WasThere(one, context))
            {
                changed++;
                continue;
            }

            var whole = all.FirstOrDefault(known => known.Id == one.Id) ?? one;
            var thread = await ThreadAsync(context, all, whole.InReplyToId, one.Id, access, cancellationToken);
            comments.Add(new LineComment(one.Id, whole.Path, whole.Line, thread + TriggerText.Clean(one.Body), whole.DiffHunk ?? "")
            {
                StartLine = whole.StartLine,
                Side = SideOf(whole.Side),
            });
        }

        return (comments, changed);
    }

    private static async Task<LineComment> OfThreadAsync(TriggerContext context, WebhookComment comment, string path, WriteAccess access, CancellationToken cancellationToken)
    {
        var all = comment.InReplyToId is null ? [] : await ListAsync(() => context.Repository.PullRequests.ListReviewCommentsAsync(context.Wanted.Number, cancellationToken));
        var thread = await ThreadAsync(context, all, comment.InReplyToId, comment.Id, access, cancellationToken);
        return new LineComment(comment.Id, path, comment.Line, thread + (context.Wanted.Said ?? TriggerText.Clean(comment.Body)), comment.DiffHunk ?? "")
        {
            StartLine = comment.StartLine,
            Side = SideOf(comment.Side),
        };
    }

    // What was said before in the same thread: without it "as she says" cannot be understood.
    private static async Task<string> ThreadAsync(
        TriggerContext context, IReadOnlyList<ReviewComment> all, long? root, long comment, WriteAccess access, CancellationToken cancellationToken)
    {
        if (root is null)
        {
            return "";
        }

        var text = new StringBuilder();
        foreach (var earlier in all.Where(one => (one.Id == root || one.InReplyToId == root) && one.Id < comment && WasThere(one, context)).OrderBy(one => one.Id).TakeLast(MostInThread))
        {
            if (!earlier.Body.Contains(TriggerDecider.OwnMark, StringComparison.Ordinal) && await MayAsync(context, earlier.User, access, cancellationToken))
            {
                var said = TriggerText.Clean(earlier.Body);
                said = said.Length <= LongestInThread ? said : $"{said[..LongestInThread]}…";
                text.Append("> ").Append(earlier.User!.Login).Append(": ").Append(said.Replace("\n", "\n> ", StringComparison.Ordinal)).Append("\n\n");
            }
        }

        return text.ToString();
    }

    // Its text is read now, and is what was said only when nobody changed it since.
    private static bool WasThere(ReviewComment comment, TriggerContext context) => comment.UpdatedAt <= context.SaidOnGitHubAt + Moment;

    private static async ValueTask<bool> MayAsync(TriggerContext context, UserInfo? author, WriteAccess access, CancellationToken cancellationToken) =>
        author is not null && (context.IsListedBot(author.Login) || await access.HasAsync(author.Login, cancellationToken));

    // A review or thread that was deleted meanwhile: the delivery still says what was asked.
    private static async Task<IReadOnlyList<ReviewComment>> ListAsync(Func<Task<IReadOnlyList<ReviewComment>>> list)
    {
        try
        {
            return await list();
        }
        catch (GitHubException e) when (e.Failure == GitHubFailure.NotFound)
        {
            return [];
        }
    }

    private static ReviewSide SideOf(string? side) => side == "LEFT" ? ReviewSide.Old : ReviewSide.New;
}

/// <summary>What a delivery says.</summary>
/// <param name="Feedback">What is taken of it.</param>
/// <param name="Changed">How many of its comments were changed after it was said, and are left out.</param>
internal sealed record SaidFeedback(Feedback Feedback, int Changed)
{
    /// <summary>One line about what is left out; <see langword="null"/> for nothing.</summary>
    public string? LeftOut => Changed switch
    {
        0 => null,
        1 => "one comment of this review was changed after it was submitted and is left out: mention me in its thread if it is still to be done",
        _ => $"{Changed} comments of this review were changed after it was submitted and are left out: mention me in their threads if they are still to be done",
    };
}
