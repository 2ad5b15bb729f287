using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.PullRequests;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.Reviews;

/// <summary>Reads reviews in the shapes that the API answers with. Thread-safe.</summary>
public sealed class ReviewReader(IDbContextFactory<TasksDbContext> contexts)
{
    /// <summary>The reviews of a pull request, oldest first; <see langword="null"/> when there is no such pull request.</summary>
    public async Task<IReadOnlyList<ReviewInfo>?> ListAsync(int number, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (await db.PullRequests.AsNoTracking().SingleOrDefaultAsync(p => p.Number == number, cancellationToken) is not { } pull)
        {
            return null;
        }

        var reviews = await db.Reviews.AsNoTracking().Include(r => r.Comments)
            .Where(r => r.PullRequestId == pull.Id)
            .OrderBy(r => r.CreatedAt).ThenBy(r => r.Id)
            .AsSplitQuery()
            .ToListAsync(cancellationToken);
        if (reviews.Count == 0)
        {
            return [];
        }

        var task = await db.Tasks.AsNoTracking().Include(t => t.Attempts).SingleAsync(t => t.Id == pull.TaskId, cancellationToken);
        return reviews.ConvertAll(review => Describe(review, pull, task));
    }

    /// <summary>The patch that the head of a pull request holds on top of what the attempt started from; <see langword="null"/> when there is none.</summary>
    public async Task<string?> PatchAsync(int number, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.PullRequests.Where(p => p.Number == number)
            .Join(db.AttemptResults, p => p.PublishedAttemptId, r => r.AttemptId, (_, result) => result.Patch)
            .SingleOrDefaultAsync(cancellationToken);
    }

    private static ReviewInfo Describe(Review review, PullRequest pull, CodingTask task)
    {
        var (progress, reason) = ProgressOf(review, task);
        return new ReviewInfo(
            review.Id,
            review.Author,
            review.Event,
            review.Body,
            review.HeadCommit,
            review.CreatedAt,
            review.FollowUp,
            progress,
            reason,
            review.AddressedBy,
            [
                .. review.Comments.OrderBy(c => c.Position).Select(c => new ReviewCommentInfo(
                    c.Id, c.Path, c.Side, c.Line, c.StartLine, c.Body, c.Quote, c.State, c.AddressedBy, review.HeadCommit != pull.HeadCommit)),
            ]);
    }

    private static (ReviewProgress? Progress, string? Reason) ProgressOf(Review review, CodingTask task)
    {
        if (review.FollowUp is not { } prompt)
        {
            return (null, null);
        }

        if (review.AddressedBy is not null)
        {
            return (ReviewProgress.Addressed, null);
        }

        // The newest round's end is the task's; of an older one the last attempt says why.
        var last = task.Attempts.Where(a => a.PromptNumber == prompt).MaxBy(a => a.Number);
        if (last is null || last.Number < task.RoundStart)
        {
            return (ReviewProgress.NotAddressed, last?.Reason);
        }

        return task.IsTerminal ? (ReviewProgress.NotAddressed, task.RoundReason ?? task.Reason) : (ReviewProgress.Working, null);
    }
}
