using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Leases;
using CodexService.Tasks.PullRequests;
using CodexService.Tasks.Reviews;
using CodexService.Testing;

namespace CodexService.Tasks.Tests.Reviews;

public sealed class PullRequestReviewsTests(TasksFixture tasks) : DatabaseTest(tasks)
{
    private const string Head = "2222222222222222222222222222222222222222";
    private const string Next = "3333333333333333333333333333333333333333";

    private PullRequestReviews Reviews => Services.Get<PullRequestReviews>();

    [Fact]
    public async Task SubmitAsync_RequestChanges_StoresItAndStartsAFollowUpWithItsWords()
    {
        var (taskId, number) = await OpenAsync();

        var receipt = await SubmitAsync(taskId, Changes("Round it") with { User = "alice" });

        var claimed = await ClaimAsync();
        Assert.True(receipt.IsNew);
        Assert.Equal((2, true, "alice", Head), (claimed.PromptNumber, claimed.OnPullRequest, claimed.RequestedBy, claimed.BaseCommit));
        Assert.Equal(ReviewFeedback.Write(receipt.Review, []), claimed.Prompt);
        var review = await OneAsync(number);
        Assert.Equal(("alice", ReviewEvent.RequestChanges, "Round it", Head, 2, ReviewProgress.Working), (review.Author, review.Event, review.Body, review.HeadCommit, review.Round, review.Progress));
        var comment = Assert.Single(review.Comments);
        Assert.Equal(("app.py", ReviewSide.New, 1, "Round here", "-x = 1\n+x = 2", ReviewCommentState.Open, false), (comment.Path, comment.Side, comment.Line, comment.Body, comment.Quote, comment.State, comment.IsOutdated));
        Assert.Equal(1, (await Services.Reader.PullRequestAsync(number, CancellationToken.None))!.OpenComments);
        Assert.Equal(1, (await Services.DetailAsync(taskId)).PullRequest!.OpenComments);
        Assert.Equal(1, Assert.Single((await Services.Reader.PullRequestsAsync(null, 10, null, CancellationToken.None)).Items).OpenComments);
        var told = Assert.Single(await Services.EventsAsync(taskId), entry => entry.Type == TaskEventTypes.ReviewSubmitted);
        Assert.Equal($"alice requested changes on pull request #{number} with a comment on a line", told.Message);
    }

    [Fact]
    public async Task SubmitAsync_Comment_StartsNothingAndIsTakenWhileTheTaskRuns()
    {
        var (taskId, number) = await OpenAsync();
        await SubmitAsync(taskId, Changes("Round it"));

        await SubmitAsync(taskId, Changes("Nice") with { Event = ReviewEvent.Comment });

        var reviews = await ListAsync(number);
        Assert.Equal([(2, ReviewProgress.Working), ((int?)null, (ReviewProgress?)null)], reviews.Select(review => (review.Round, review.Progress)));
        Assert.Equal(2, (await Services.DetailAsync(taskId)).Prompts.Count);
        Assert.Equal(1, (await Services.Reader.PullRequestAsync(number, CancellationToken.None))!.OpenComments);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SubmitAsync_TheSameFromTwoProcessesAtOnce_StartsOneFollowUp(bool fromAForge)
    {
        var (taskId, number) = await OpenAsync();
        var review = fromAForge ? Changes("Round it") with { ForgeId = "77" } : Changes("Round it") with { IdempotencyKey = "k", RequestHash = "h" };

        var receipts = await Task.WhenAll(Enumerable.Range(0, 6).Select(n =>
            (n % 2 == 0 ? Reviews : OtherProcess.Get<PullRequestReviews>()).SubmitAsync(taskId, review, CancellationToken.None)));

        Assert.Single(receipts, receipt => receipt!.IsNew);
        Assert.Single(receipts.Select(receipt => receipt!.Review.Id).Distinct());
        Assert.Single(await ListAsync(number));
        Assert.Equal(2, (await Services.DetailAsync(taskId)).Prompts.Count);
    }

    [Fact]
    public async Task SubmitAsync_KnownKeyWithAnotherRequest_IsRefused()
    {
        var (taskId, _) = await OpenAsync();
        await SubmitAsync(taskId, Changes("One") with { Event = ReviewEvent.Comment, IdempotencyKey = "k", RequestHash = "1" });

        var refused = await Assert.ThrowsAsync<TaskConflictException>(() => SubmitAsync(taskId, Changes("Two") with { IdempotencyKey = "k", RequestHash = "2" }));

        Assert.Contains("use a new key", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SubmitAsync_RequestChangesWhileTheTaskRuns_IsRefusedAndNothingIsStored()
    {
        var (taskId, number) = await OpenAsync();
        await SubmitAsync(taskId, Changes("One"));

        var refused = await Assert.ThrowsAsync<TaskConflictException>(() => SubmitAsync(taskId, Changes("Two")));

        Assert.Contains("when the task has ended; it is queued", refused.Message, StringComparison.Ordinal);
        Assert.Single(await ListAsync(number));
    }

    [Fact]
    public async Task SubmitAsync_ClosedOrMovedOrNone_IsRefusedWithOneLine()
    {
        var (taskId, _) = await OpenAsync();
        var moved = await Assert.ThrowsAsync<TaskConflictException>(() => SubmitAsync(taskId, Changes("x") with { HeadCommit = Next, NeedsCurrentHead = true }));
        await Services.Store.ChangeAsync(taskId, (task, now, _) => task.ClosePullRequest(now), CancellationToken.None);
        var closed = await Assert.ThrowsAsync<TaskConflictException>(() => SubmitAsync(taskId, Changes("x")));
        var none = await Assert.ThrowsAsync<TaskConflictException>(async () => await SubmitAsync(await Services.SubmitAsync(), Changes("x")));

        Assert.Contains("has another head since (2222222222)", moved.Message, StringComparison.Ordinal);
        Assert.Contains("is closed; a review comes too late", closed.Message, StringComparison.Ordinal);
        Assert.Contains("no pull request", none.Message, StringComparison.Ordinal);
        Assert.Null(await Reviews.SubmitAsync(Guid.NewGuid(), Changes("x"), CancellationToken.None));
    }

    [Fact]
    public async Task PublishedFollowUp_AddressesTheCommentsOfItsReviewAlone()
    {
        var (taskId, number) = await OpenAsync();
        await SubmitAsync(taskId, Changes("A remark") with { Event = ReviewEvent.Comment });
        await SubmitAsync(taskId, Changes("Round it"));
        await Services.SucceedAsync((await ClaimAsync()).Lease, lines: 3);
        await MoveAsync(taskId, Next);

        var reviews = await ListAsync(number);

        Assert.Equal([null, ReviewProgress.Addressed], reviews.Select(review => review.Progress));
        Assert.Equal([null, Next], reviews.Select(review => review.AddressedBy));
        Assert.Equal([(ReviewCommentState.Open, null), (ReviewCommentState.Addressed, Next)], reviews.Select(review => (review.Comments[0].State, review.Comments[0].AddressedBy)));
        Assert.All(reviews, review => Assert.True(review.Comments[0].IsOutdated));
        Assert.Equal(0, (await Services.Reader.PullRequestAsync(number, CancellationToken.None))!.OpenComments);
        Assert.Contains("+1,2 @@", await Services.Get<ReviewReader>().PatchAsync(number, CancellationToken.None), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FollowUpWithoutAPatch_LeavesTheCommentsOpen_AndTheNextRequestAsksThemAgain()
    {
        var (taskId, number) = await OpenAsync();
        await SubmitAsync(taskId, Changes("Round it"));
        await Services.FinishAsync((await ClaimAsync()).Lease, AttemptState.NoChange, "nothing was found");

        var failed = await OneAsync(number);
        Assert.Equal((ReviewProgress.NotAddressed, "nothing was found", ReviewCommentState.Open), (failed.Progress, failed.Reason, failed.Comments[0].State));
        Assert.Equal(1, (await Services.Reader.PullRequestAsync(number, CancellationToken.None))!.OpenComments);

        await SubmitAsync(taskId, Changes("And name it"));
        var claimed = await ClaimAsync();
        Assert.Contains("And name it", claimed.Prompt, StringComparison.Ordinal);
        Assert.Contains("Still open from an earlier review by alice", claimed.Prompt, StringComparison.Ordinal);
        Assert.Contains("Round it", claimed.Prompt, StringComparison.Ordinal);
        await Services.SucceedAsync(claimed.Lease);
        await MoveAsync(taskId, Next);

        Assert.Equal([(3, Next), (3, Next)], (await ListAsync(number)).Select(review => (review.Round!.Value, review.AddressedBy!)));
    }

    [Fact]
    public async Task FollowUpWithoutAPatch_ThenMerged_KeepsThePatchAndCallsNoCommentOpen()
    {
        var (taskId, number) = await OpenAsync();
        var before = await Services.DetailAsync(taskId);
        await SubmitAsync(taskId, Changes("Round it"));
        Assert.Equal(before.Patch, (await Services.DetailAsync(taskId)).Patch);
        await Services.FinishAsync((await ClaimAsync()).Lease, AttemptState.NoChange, "nothing was found");

        var after = await Services.DetailAsync(taskId);
        Assert.NotNull(before.Patch);
        Assert.Equal((before.Patch, before.BaseCommit, before.ResultSummary, TaskState.Succeeded), (after.Patch, after.BaseCommit, after.ResultSummary, after.Summary.State));
        Assert.Equal((new RoundEnd(2, TaskState.NoChange, "nothing was found"), 1), (after.LastRound, Assert.Single(after.Attempts, attempt => attempt.IsChosen).Number));
        Assert.Equal(before.Patch, (await Services.Reader.ResultAsync(taskId, CancellationToken.None))!.Patch);

        await Services.Store.ChangeAsync(taskId, (task, now, _) => task.MergedOnForge(Next, "alice", now), CancellationToken.None);
        var pull = (await Services.Reader.PullRequestAsync(number, CancellationToken.None))!;
        Assert.Equal((0, 1), (pull.OpenComments, pull.UnaddressedComments));
        Assert.Equal((0, 1), Assert.Single((await Services.Reader.PullRequestsAsync(null, 10, null, CancellationToken.None)).Items) is var listed ? (listed.OpenComments, listed.UnaddressedComments) : default);
    }

    [Fact]
    public async Task RetryOfTheFollowUp_AddressesItsReview()
    {
        var (taskId, number) = await OpenAsync();
        await SubmitAsync(taskId, Changes("Round it"));
        await Services.FinishAsync((await ClaimAsync()).Lease, AttemptState.Failed, "the engine went away");
        await Services.Store.ChangeAsync(taskId, (task, _, _) => task.Retry(), CancellationToken.None);
        Assert.Equal(ReviewProgress.Working, (await OneAsync(number)).Progress);
        await Services.SucceedAsync((await ClaimAsync()).Lease);
        await MoveAsync(taskId, Next);

        Assert.Equal((ReviewProgress.Addressed, Next), ((await OneAsync(number)).Progress, (await OneAsync(number)).AddressedBy));
    }

    private static SubmittedReview Changes(string body) => new(
        "alice", ReviewEvent.RequestChanges, body, Head, [new SubmittedComment("app.py", ReviewSide.New, 1, "Round here", "@@ -1 +1,1 @@\n-x = 1\n+x = 2")]);

    private async Task<(Guid TaskId, int Number)> OpenAsync()
    {
        var lease = await Services.SubmitAndClaimAsync();
        await Services.SucceedAsync(lease);
        return (lease.TaskId, await Services.OpenPullRequestAsync(lease.TaskId));
    }

    private async Task<ReviewReceipt> SubmitAsync(Guid taskId, SubmittedReview review) => (await Reviews.SubmitAsync(taskId, review, CancellationToken.None))!;

    private async Task<ClaimedAttempt> ClaimAsync() => (await Services.Leases.ClaimNextAsync("worker", CancellationToken.None))!;

    private Task<CodingTask?> MoveAsync(Guid taskId, string head) =>
        Services.Store.ChangeAsync(taskId, (task, now, _) => task.MovePullRequest(new PullRequestHead(head, "evidence", []), now), CancellationToken.None);

    private async Task<IReadOnlyList<ReviewInfo>> ListAsync(int number) => (await Services.Get<ReviewReader>().ListAsync(number, CancellationToken.None))!;

    private async Task<ReviewInfo> OneAsync(int number) => Assert.Single(await ListAsync(number));
}
