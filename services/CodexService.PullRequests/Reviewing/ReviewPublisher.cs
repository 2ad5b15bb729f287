using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Forges.GitHub;
using CodexService.PullRequests.Pending;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Origins;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.ReviewPosts;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Reviewing;

/// <summary>
/// Puts the review of a task that came from a pull request on GitHub there, once: before it posts it looks for its own hidden
/// marker, so a crash between any two steps repeats nothing. Thread-safe.
/// </summary>
internal sealed partial class ReviewPublisher(
    IGitHub github,
    IDbContextFactory<TasksDbContext> contexts,
    TaskStore store,
    OneAtATime oneAtATime,
    RetryPauses pauses,
    TimeProvider time,
    ILogger<ReviewPublisher> logger)
{
    // Somebody may connect GitHub while this runs.
    private bool IsConnected => github.Access != GitHubAccess.None;

    /// <summary>Tasks whose review waits to be posted, oldest first; none while GitHub is not connected.</summary>
    public async Task<IReadOnlyList<Guid>> WaitingAsync(int most, CancellationToken cancellationToken)
    {
        if (!IsConnected)
        {
            return [];
        }

        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Tasks
            .Where(task => task.Kind == TaskKind.Review && task.State == TaskState.Succeeded
                && db.TaskOrigins.Any(origin => origin.TaskId == task.Id && origin.IsPullRequest)
                && !db.ReviewPosts.Any(post => post.TaskId == task.Id && (post.ReviewId != null || post.Problem != null)))
            .OrderBy(task => task.Id)
            .Select(task => task.Id)
            .Take(most)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Posts the review of the task; does nothing when it is posted, was given up, or has nowhere to go.</summary>
    public async Task PublishAsync(Guid taskId, CancellationToken cancellationToken)
    {
        if (IsConnected && pauses.IsDue(Key(taskId)))
        {
            await oneAtATime.RunAsync(taskId, () => PublishOnceAsync(taskId, cancellationToken), cancellationToken);
        }
    }

    private async Task PublishOnceAsync(Guid taskId, CancellationToken cancellationToken)
    {
        if (await ReadAsync(taskId, cancellationToken) is not var (origin, review) || await BeginAsync(taskId, cancellationToken) is not { } post)
        {
            return;
        }

        try
        {
            if (!RepositoryName.TryParse(origin.Repository, out var name))
            {
                throw new GitHubException(GitHubFailure.NotFound, $"\"{origin.Repository}\" is no repository on GitHub");
            }

            var pulls = (await GitHubTarget.PresentAsync(github, name, origin.RepositoryId, cancellationToken)).Calls.PullRequests;
            var posted = (await pulls.ListReviewsAsync(origin.Number, cancellationToken)).FirstOrDefault(one => ReviewText.Has(one.Body, taskId, post.Key))
                ?? await PostAsync(pulls, origin.Number, taskId, post.Key, review, cancellationToken);
            await SettleAsync(taskId, posted, problem: null, cancellationToken);
            pauses.Forget(Key(taskId));
            LogPosted(taskId, posted.HtmlUrl);
        }
        catch (GitHubException e) when (e.IsPassing)
        {
            var (since, pause) = pauses.Failed(Key(taskId), e.RetryAfter);
            if (time.GetUtcNow() - since < WaitingWorkPoller.Patience)
            {
                LogPassing(taskId, e.Message, pause);
                return;
            }

            await GiveUpAsync(taskId, $"tried for {WaitingWorkPoller.Patience.TotalHours:0} hours: {e.Message}", cancellationToken);
        }
        catch (GitHubException e)
        {
            await GiveUpAsync(taskId, e.Message, cancellationToken);
        }
    }

    private async Task GiveUpAsync(Guid taskId, string problem, CancellationToken cancellationToken)
    {
        await SettleAsync(taskId, posted: null, problem, cancellationToken);
        pauses.Forget(Key(taskId));
        LogGivenUp(taskId, problem);
    }

    private static string Key(Guid taskId) => $"review {taskId:D}";

    private async Task<(TaskOrigin Origin, ReviewResult Review)?> ReadAsync(Guid taskId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var task = await db.Tasks.AsNoTracking().SingleOrDefaultAsync(t => t.Id == taskId && t.Kind == TaskKind.Review && t.State == TaskState.Succeeded, cancellationToken);
        var origin = await db.TaskOrigins.AsNoTracking().SingleOrDefaultAsync(o => o.TaskId == taskId && o.IsPullRequest, cancellationToken);
        if (task?.WinningAttemptId is not { } winner || origin is null)
        {
            return null;
        }

        AttemptResult? result = await db.AttemptResults.AsNoTracking().SingleOrDefaultAsync(r => r.AttemptId == winner, cancellationToken);
        return result?.Review is { } json && JsonSerializer.Deserialize<ReviewResult>(json, JsonConventions.Options) is { } review ? (origin, review) : null;
    }

    // The key is durable before anything is posted; of two processes the first one's counts.
    private async Task<ReviewPost?> BeginAsync(Guid taskId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO review_posts (task_id, key) VALUES ({taskId}, {RandomNumberGenerator.GetHexString(32, lowercase: true)}) ON CONFLICT DO NOTHING", cancellationToken);
        var post = await db.ReviewPosts.AsNoTracking().SingleAsync(p => p.TaskId == taskId, cancellationToken);
        return post.IsSettled ? null : post;
    }

    private static async Task<Review> PostAsync(IPullRequests pulls, int number, Guid taskId, string key, ReviewResult review, CancellationToken cancellationToken)
    {
        try
        {
            return await pulls.CreateReviewAsync(
                number, new NewReview(review.HeadCommit, ReviewText.Body(taskId, key, review, listed: false), "COMMENT", ReviewText.Comments(review)), cancellationToken);
        }
        catch (GitHubException e) when (e.Status == HttpStatusCode.UnprocessableEntity)
        {
            // The diff on GitHub is another one by now, and the commit that was read may be gone from it.
            var head = (await pulls.GetAsync(number, cancellationToken)).Head.Sha;
            return await pulls.CreateReviewAsync(number, new NewReview(head, ReviewText.Body(taskId, key, review, listed: true), "COMMENT", []), cancellationToken);
        }
    }

    private async Task SettleAsync(Guid taskId, Review? posted, string? problem, CancellationToken cancellationToken) => await store.ChangeAsync(
        taskId,
        (task, _, db) =>
        {
            var post = db.ReviewPosts.Single(p => p.TaskId == taskId);
            if (post.IsSettled)
            {
                return;
            }

            (post.ReviewId, post.Url, post.Problem) = (posted?.Id, posted?.HtmlUrl, problem);
            if (posted is not null)
            {
                task.ReviewIsPosted(posted.HtmlUrl);
            }
            else
            {
                task.ReviewIsNotPosted(problem!);
            }
        },
        cancellationToken);

    [LoggerMessage(LogLevel.Information, "The review of task {TaskId} stands at {Url}")]
    private partial void LogPosted(Guid taskId, string url);

    [LoggerMessage(LogLevel.Warning, "The review of task {TaskId} could not be posted ({Reason}); it is tried again in {Pause}")]
    private partial void LogPassing(Guid taskId, string reason, TimeSpan pause);

    [LoggerMessage(LogLevel.Warning, "The review of task {TaskId} cannot be posted: {Reason}")]
    private partial void LogGivenUp(Guid taskId, string reason);
}
