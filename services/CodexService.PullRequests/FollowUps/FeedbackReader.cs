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

    /// <summary>What the delivery says; empty when nothing is left of it.</summary>
    public static async Task<Feedback> ReadAsync(TriggerContext context, CancellationToken cancellationToken)
    {
        var (wanted, payload) = (context.Wanted, context.Payload);
        var access = new WriteAccess(context.Repository);
        if (payload.Review is { } review)
        {
            return new Feedback(wanted.Actor!, wanted.Said ?? wanted.Text, await OfReviewAsync(context, review, access, cancellationToken)) { IsReview = true };
        }

        return payload.Comment is { Path: { } path } comment
            ? new Feedback(wanted.Actor!, "", [await OfThreadAsync(context, comment, path, access, cancellationToken)])
            : new Feedback(wanted.Actor!, wanted.Said ?? wanted.Text, []);
    }

    private static async Task<List<LineComment>> OfReviewAsync(TriggerContext context, WebhookReview review, WriteAccess access, CancellationToken cancellationToken)
    {
        var number = context.Wanted.Number;
        var brought = await ListAsync(() => context.Repository.PullRequests.ListReviewCommentsAsync(number, review.Id, cancellationToken));
        if (brought.Count == 0)
        {
            return [];
        }

        var all = await ListAsync(() => context.Repository.PullRequests.ListReviewCommentsAsync(number, cancellationToken));
        var comments = new List<LineComment>();
        foreach (var one in brought)
        {
            if (one.Body.Contains(TriggerDecider.OwnMark, StringComparison.Ordinal) || !await MayAsync(context, one.User, access, cancellationToken))
            {
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

        return comments;
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
        foreach (var earlier in all.Where(one => (one.Id == root || one.InReplyToId == root) && one.Id < comment).OrderBy(one => one.Id).TakeLast(MostInThread))
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
