using CodexService.Contracts.Api;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.Rounds;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.Reviews;

/// <summary>Takes reviews of pull requests, the dashboard's and a forge's alike. Thread-safe.</summary>
public sealed class PullRequestReviews(TaskStore store, TaskRounds rounds, IDbContextFactory<TasksDbContext> contexts)
{
    /// <summary>
    /// The review of an earlier request with the same key: what is asked again is answered again, also when the diff it was about
    /// has changed since. <see langword="null"/> when there is none.
    /// </summary>
    /// <exception cref="TaskConflictException">The key belongs to another request.</exception>
    public async Task<Review?> FindAsync(Guid taskId, string idempotencyKey, string requestHash, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var earlier = await db.Reviews.AsNoTracking().SingleOrDefaultAsync(
            r => r.IdempotencyKey == idempotencyKey && db.PullRequests.Any(p => p.Id == r.PullRequestId && p.TaskId == taskId), cancellationToken);
        return Same(earlier, requestHash);
    }

    /// <summary>
    /// Stores a review with its comments and, when it requests changes, starts the follow-up, in one transaction under the task's
    /// lock: the same forge id or key starts one follow-up however often and from wherever it comes. What earlier requests left
    /// open is asked again with it.
    /// </summary>
    /// <param name="taskId">The task whose pull request is reviewed.</param>
    /// <param name="submitted">The review.</param>
    /// <param name="cancellationToken">Gives up; nothing is stored then.</param>
    /// <returns>The review; <see langword="null"/> when there is no such task.</returns>
    /// <exception cref="TaskConflictException">
    /// The task has no pull request or its is no longer open; changes are requested while the task runs; the head has moved; or the
    /// key belongs to another request. Nothing is stored then.
    /// </exception>
    public async Task<ReviewReceipt?> SubmitAsync(Guid taskId, SubmittedReview submitted, CancellationToken cancellationToken)
    {
        var history = await rounds.HistoryAsync(taskId, cancellationToken);
        ReviewReceipt? receipt = null;
        await store.ChangeAsync(
            taskId,
            (task, now, db) =>
            {
                var pull = task.PullRequest ?? throw new TaskConflictException("The task has no pull request that could be reviewed.");
                if (Earlier(db.Reviews.Include(review => review.Comments), pull.Id, submitted) is { } earlier)
                {
                    receipt = new ReviewReceipt(earlier, IsNew: false);
                    return;
                }

                var review = task.Receive(submitted, now);
                db.Reviews.Add(review);
                if (review.Event == ReviewEvent.RequestChanges)
                {
                    db.TaskPrompts.Add(task.FollowUp(review, Open(db, pull.Id), submitted.User, history));
                }

                task.Announce(review);
                receipt = new ReviewReceipt(review, IsNew: true);
            },
            cancellationToken);
        return receipt;
    }

    /// <summary>Reviews of a pull request whose follow-ups ended without a commit, oldest first; under the task's lock.</summary>
    internal static List<Review> Open(TasksDbContext db, Guid pullId) => [.. db.Reviews.Include(review => review.Comments)
        .Where(review => review.PullRequestId == pullId && review.FollowUp != null && review.AddressedBy == null)
        .OrderBy(review => review.Id)];

    // Under the task's lock, so that two at once find each other.
    private static Review? Earlier(IQueryable<Review> reviews, Guid pullId, SubmittedReview submitted)
    {
        if (submitted.ForgeId is { } forgeId)
        {
            return reviews.SingleOrDefault(review => review.PullRequestId == pullId && review.ForgeId == forgeId);
        }

        return submitted.IdempotencyKey is { } key
            ? Same(reviews.SingleOrDefault(review => review.PullRequestId == pullId && review.IdempotencyKey == key), submitted.RequestHash)
            : null;
    }

    private static Review? Same(Review? earlier, string? requestHash) => earlier is null || earlier.RequestHash == requestHash
        ? earlier
        : throw new TaskConflictException("This Idempotency-Key was used for another review of the pull request; use a new key.");
}
