using CodexService.Contracts.Api;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.PullRequests;
using CodexService.Tasks.Reviews;
using CodexService.Tasks.Rounds;

namespace CodexService.Tasks;

/// <content>Reviews of the pull request.</content>
public sealed partial class CodingTask
{
    /// <summary>The prompt whose change was just put on the pull request: the reviews that it carries are addressed by the head.</summary>
    internal int? NewlyPublishedPrompt { get; private set; }

    /// <summary>Takes a review in.</summary>
    /// <exception cref="TaskConflictException">The pull request is not open, its head has moved, or changes are requested while the task runs.</exception>
    internal Review Receive(SubmittedReview submitted, DateTimeOffset now)
    {
        var pull = PullRequest!;
        if (pull.State != PullRequestState.Open)
        {
            throw new TaskConflictException(pull.State == PullRequestState.Merging
                ? $"Pull request #{pull.Number} is being merged; a review comes too late."
                : $"Pull request #{pull.Number} is {Words(pull.State)}; a review comes too late. Submit a new task for a further change.");
        }

        if (submitted.NeedsCurrentHead && submitted.HeadCommit != pull.HeadCommit)
        {
            throw new TaskConflictException($"Pull request #{pull.Number} has another head since ({pull.HeadCommit[..10]}); look at it and review again.");
        }

        if (submitted.Event == ReviewEvent.RequestChanges && !IsTerminal)
        {
            throw new TaskConflictException(
                $"Changes can be requested when the task has ended; it is {Words(State)}. Send the review then, or stop the task first; as a comment it is taken at any time.");
        }

        var review = new Review
        {
            PullRequestId = pull.Id,
            Author = StorableText.Line(submitted.Author, 200),
            Event = submitted.Event,
            Body = StorableText.Shorten(StorableText.Of(submitted.Body), ReviewLimits.LongestBody),
            HeadCommit = submitted.HeadCommit,
            CreatedAt = now,
            ForgeId = submitted.ForgeId,
            IdempotencyKey = submitted.IdempotencyKey,
            RequestHash = submitted.RequestHash,
        };
        foreach (var comment in submitted.Comments)
        {
            review.Add(new ReviewComment
            {
                ReviewId = review.Id,
                Position = review.Comments.Count,
                Path = StorableText.Line(comment.Path, 4096),
                Side = comment.Side,
                Line = comment.Line,
                StartLine = comment.StartLine,
                Body = StorableText.Shorten(StorableText.Of(comment.Body), ReviewLimits.LongestComment),
                Quote = ReviewQuote.Of(comment),
                ForgeId = comment.ForgeId,
            });
        }

        return review;
    }

    /// <summary>Begins the round that is to address a review, and what earlier ones left open.</summary>
    internal TaskPrompt FollowUp(Review review, IReadOnlyList<Review> open, string? user, RoundHistory history)
    {
        var prompt = FollowUp(ReviewFeedback.Write(review, open), testCommand: null, user, history);
        review.AskedBy(prompt.Number);
        foreach (var earlier in open)
        {
            earlier.AskedBy(prompt.Number);
        }

        return prompt;
    }

    /// <summary>Tells the log of a review.</summary>
    internal void Announce(Review review)
    {
        var comments = review.Comments.Count switch { 0 => "", 1 => " with a comment on a line", var count => $" with {count} comments on lines" };
        Append(
            TaskEventTypes.ReviewSubmitted,
            null,
            $"{VisibleText.Line(review.Author)} {(review.Event == ReviewEvent.RequestChanges ? "requested changes" : "commented")} on pull request #{PullRequest!.Number}{comments}",
            new { number = PullRequest.Number, review = review.Id, @event = review.Event, comments = review.Comments.Count, round = review.FollowUp });
    }

    // Another pick of the same round takes the place of the first one, and so does its commit here.
    private void AddressReviews(PullRequest pull)
    {
        pull.PublishedAttemptId = WinningAttemptId;
        NewlyPublishedPrompt = attempts.Find(attempt => attempt.Id == WinningAttemptId)?.PromptNumber;
    }

    private static string Words(PullRequestState state) => state.ToString().ToLowerInvariant();
}
