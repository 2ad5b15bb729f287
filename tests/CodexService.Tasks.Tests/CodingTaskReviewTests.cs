using CodexService.Contracts.Api;
using CodexService.Contracts.Messages;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Rounds;
using CodexService.Testing;
using static CodexService.Tasks.Tests.Fresh;

namespace CodexService.Tasks.Tests;

public sealed class CodingTaskReviewTests(TasksFixture tasks) : DatabaseTest(tasks)
{
    private const string Json = """
        {"summary":"Fine.","comments":[{"path":"a.py","line":3,"severity":"major","body":"No.","start_line":2,"lines":"x\ny","suggestion":""}],"merge_base":"aaa","head_commit":"bbb","read_by_model":true}
        """;

    [Fact]
    public void FinishAttempt_Reviewed_EndsTheTaskWithItsReasonAndRings()
    {
        var task = Review();
        var lease = Claim(task, 0);

        task.FinishAttempt(lease, Outcome(AttemptState.Succeeded, "2 comments; no test newly fails"), Now);

        Assert.Equal((TaskState.Succeeded, "2 comments; no test newly fails", lease.AttemptId), (task.State, task.Reason, task.WinningAttemptId!.Value));
        Assert.Equal([new ReviewFinished(task.Id)], task.NewMessages.OfType<ReviewFinished>());
        Assert.DoesNotContain(task.NewMessages, message => message is PatchVerified);
    }

    [Fact]
    public void FinishAttempt_NoReview_RingsNobodyAndCanBeRetried()
    {
        var task = Review();
        task.FinishAttempt(Claim(task, 0), Outcome(AttemptState.NoChange, "the budget of 60 turns is used up"), Now);

        Assert.Equal(TaskState.NoChange, task.State);
        Assert.DoesNotContain(task.NewMessages, message => message is ReviewFinished);
        task.Retry();
        Assert.Null(task.Attempts[1].HeadCommit);
    }

    [Fact]
    public void FollowUp_OfAReview_IsRefused()
    {
        var task = Review();
        task.FinishAttempt(Claim(task, 0), Outcome(AttemptState.Succeeded, "no comments"), Now);

        var error = Assert.Throws<TaskConflictException>(() => task.FollowUp("And now?", null, null, new RoundHistory(new HashSet<Guid>(), new Dictionary<Guid, string>(), new Dictionary<Guid, int>())));

        Assert.Contains("submit another review", error.Message, StringComparison.Ordinal);
        Assert.Contains("a review has comments", Assert.Throws<TaskConflictException>(() => task.Choose(1, Now)).Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Record_HeadCommit_StaysWithTheAttemptWhateverIsSeenLater()
    {
        var task = Review();
        var lease = Claim(task, 0);
        task.Record(lease, new AttemptReport(TaskEventTypes.Progressed, "") { BaseCommit = "aaa", HeadCommit = "bbb" });
        task.Record(lease, new AttemptReport(TaskEventTypes.Progressed, "") { BaseCommit = "ccc", HeadCommit = "ddd" });

        Assert.Equal(("aaa", "bbb"), (task.Attempts[0].BaseCommit, task.Attempts[0].HeadCommit));
    }

    [Fact]
    public async Task DetailAsync_FinishedReview_TellsItsResult()
    {
        var submitted = await Services.Store.SubmitAsync(TaskServices.Submission() with { Kind = TaskKind.Review, HeadRef = "refs/pull/7/head" }, CancellationToken.None);
        var claimed = (await Services.Leases.ClaimNextAsync("worker", CancellationToken.None))!;
        Assert.Null((await Services.DetailAsync(submitted.TaskId)).Review);

        await Services.Leases.FinishAsync(
            claimed.Lease,
            new AttemptOutcome(AttemptState.Succeeded, "1 comment", new AttemptResult
            {
                AttemptId = claimed.Lease.AttemptId,
                TaskId = submitted.TaskId,
                Brain = "model",
                Patch = "",
                Title = "",
                Summary = "Fine.",
                Review = Json,
            }),
            CancellationToken.None);

        Assert.Equal((TaskKind.Review, "refs/pull/7/head", null), (claimed.Kind, claimed.HeadRef, claimed.HeadCommit));
        var detail = await Services.DetailAsync(submitted.TaskId);
        Assert.Equal((TaskKind.Review, "refs/pull/7/head", "1 comment"), (detail.Summary.Kind, detail.HeadRef, detail.Summary.Reason));
        Assert.Equal(("Fine.", "aaa", "bbb", true), (detail.Review!.Summary, detail.Review.MergeBase, detail.Review.HeadCommit, detail.Review.ReadByModel));
        Assert.Equal([new ReviewRemark("a.py", 3, ReviewSeverity.Major, "No.") { StartLine = 2, Lines = "x\ny", Suggestion = "" }], detail.Review.Comments);
        Assert.Equal(0, detail.Review.LeftOut.Total);
        Assert.Null(detail.Patch);
        Assert.Null(detail.Answer);
    }

    private static CodingTask Review() => CodingTask.Submit(TaskServices.Submission() with { Kind = TaskKind.Review, HeadRef = "topic" });
}
