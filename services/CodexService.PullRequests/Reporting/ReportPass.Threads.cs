using System.Globalization;
using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.PullRequests.Forges;
using CodexService.Tasks.Reports;
using Microsoft.EntityFrameworkCore;
using Comment = CodexService.Tasks.Reviews.ReviewComment;

namespace CodexService.PullRequests.Reporting;

/// <content>Answers in the threads of review comments: the commit that addresses them, or why none does.</content>
internal sealed partial class ReportPass
{
    private async Task<string?> AnswerThreadsAsync(CancellationToken cancellationToken)
    {
        if (standing is not { IsOver: true, PullRequest: { IsOnGitHub: true } pull } || await OpenThreadsAsync(cancellationToken) is not { Count: > 0 } waiting)
        {
            return null;
        }

        var there = await repository.PullRequests.ListReviewCommentsAsync(pull.Number, cancellationToken);
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (comment, about, text) in waiting)
        {
            if (there.FirstOrDefault(one => one.Id == long.Parse(comment.ForgeId!, CultureInfo.InvariantCulture)) is { } asked)
            {
                // GitHub knows no answers to answers: all stand under the thread's first comment, and one is enough for several.
                var thread = asked.InReplyToId ?? asked.Id;
                var mark = HiddenMark.Answer(thread, about, report.Mark);
                if (given.Add(mark) && !there.Any(one => one.Body.ReplaceLineEndings("\n").StartsWith(mark, StringComparison.Ordinal)))
                {
                    await AnswerAsync(pull.Number, thread, mark + text, cancellationToken);
                }
            }

            db.ThreadAnswers.Add(new ThreadAnswer { CommentId = comment.Id, About = about, AnsweredAt = time.GetUtcNow() });
            await SaveAsync(cancellationToken);
        }

        return null;
    }

    private async Task AnswerAsync(int number, long thread, string text, CancellationToken cancellationToken)
    {
        try
        {
            await repository.PullRequests.ReplyAsync(number, thread, text, cancellationToken);
        }
        catch (GitHubException e) when (e.Failure == GitHubFailure.NotFound)
        {
            // Deleted in this moment: there is nobody to answer.
        }
    }

    private async Task<List<(Comment Comment, string About, string Text)>> OpenThreadsAsync(CancellationToken cancellationToken)
    {
        var reviews = await db.Reviews.AsNoTracking().Include(review => review.Comments)
            .Where(review => review.FollowUp != null && db.PullRequests.Any(pull => pull.Id == review.PullRequestId && pull.TaskId == standing.TaskId))
            .OrderBy(review => review.Id)
            .ToListAsync(cancellationToken);
        if (reviews.Count == 0)
        {
            return [];
        }

        var answered = (await db.ThreadAnswers.AsNoTracking()
            .Where(answer => db.Reviews.Any(review => review.Comments.Any(c => c.Id == answer.CommentId) && db.PullRequests.Any(pull => pull.Id == review.PullRequestId && pull.TaskId == standing.TaskId)))
            .ToListAsync(cancellationToken)).Select(answer => (answer.CommentId, answer.About)).ToHashSet();
        return
        [
            .. from review in reviews
               from comment in review.Comments.OrderBy(c => c.Position)
               where long.TryParse(comment.ForgeId, NumberStyles.None, CultureInfo.InvariantCulture, out _)
               let about = comment.AddressedBy ?? (standing.Outcome == TaskState.Succeeded ? null : $"follow-up {review.FollowUp}")
               where about is not null && !answered.Contains((comment.Id, about))
               select (comment, about, comment.AddressedBy is { } commit ? Addressed(commit) : NotAddressed()),
        ];
    }

    private string Addressed(string commit) =>
        standing.PullRequest?.HeadCommit == commit && ForeignText.FirstLine(standing.Summary ?? "") is { Length: > 0 } summary
            ? $"Addressed in {commit}.\n\n{GitHubMarkdown.Quote(summary, 500)}\n"
            : $"Addressed in {commit}.\n";

    private string NotAddressed() =>
        $"Not addressed, nothing was changed: {GitHubMarkdown.Line((standing.LastRound?.Reason ?? standing.Reason) is { Length: > 0 } reason ? reason : "the follow-up ended without a change", 600)}\n\n"
        + $"Comment `@{standing.Mention} retry` to try again, or say more with another review.\n";
}
