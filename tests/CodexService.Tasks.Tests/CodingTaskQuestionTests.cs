using CodexService.Contracts.Api;
using CodexService.Contracts.Messages;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Leases;
using CodexService.Tasks.Turns;
using CodexService.Testing;
using static CodexService.Tasks.Tests.Fresh;

namespace CodexService.Tasks.Tests;

public sealed class CodingTaskQuestionTests(TasksFixture tasks) : DatabaseTest(tasks)
{
    [Fact]
    public void FinishAttempt_Answered_EndsTheTaskAndAsksNobodyToPublish()
    {
        var task = Question();
        var lease = Claim(task, 0);

        task.FinishAttempt(lease, Outcome(AttemptState.Succeeded, CodingTask.Answered), Now);

        Assert.Equal((TaskState.Succeeded, "answered", lease.AttemptId), (task.State, task.Reason, task.WinningAttemptId!.Value));
        Assert.DoesNotContain(task.NewMessages, message => message is PatchVerified);
        Assert.Null(task.PullRequest);
        Assert.Throws<TaskConflictException>(() => task.OpenPullRequest(TaskServices.PullRequest(task.Id), Now));
    }

    [Fact]
    public void FinishAttempt_AnsweredAfterAPersonStopped_IsCancelled()
    {
        var task = Question();
        var lease = Claim(task, 0);
        task.RequestCancel(Now);

        task.FinishAttempt(lease, Outcome(AttemptState.Succeeded, CodingTask.Answered), Now);

        Assert.Equal(TaskState.Cancelled, task.State);
    }

    [Fact]
    public void FinishAttempt_NoAnswer_CanBeRetried()
    {
        var task = Question();
        task.FinishAttempt(Claim(task, 0), Outcome(AttemptState.NoChange, "the budget of 60 turns is used up"), Now);
        Assert.Equal(TaskState.NoChange, task.State);

        task.Retry();
        task.FinishAttempt(Claim(task, 1), Outcome(AttemptState.Succeeded, CodingTask.Answered), Now);

        Assert.Equal((TaskState.Succeeded, TaskKind.Ask), (task.State, task.Kind));
    }

    [Fact]
    public async Task DetailAsync_AnsweredQuestion_TellsAnswerReferencesAndPrompts()
    {
        var submitted = await Services.Store.SubmitAsync(TaskServices.Submission(prompt: "Where?") with { Kind = TaskKind.Ask, TestCommand = "" }, CancellationToken.None);
        var claimed = (await Services.Leases.ClaimNextAsync("worker", CancellationToken.None))!;
        await Services.Get<AttemptTurns>().WritePromptsAsync(claimed.Lease, new AttemptPrompts("abc", 3, "large"), CancellationToken.None);
        await Services.Leases.FinishAsync(
            claimed.Lease,
            new AttemptOutcome(AttemptState.Succeeded, CodingTask.Answered, new AttemptResult
            {
                AttemptId = claimed.Lease.AttemptId,
                TaskId = submitted.TaskId,
                Brain = "model",
                Patch = "",
                Title = "",
                Summary = "In `a.py:3`.",
                AnswerReferences = """[{"path":"a.py","line":3,"end_line":null,"exists":true},{"path":"b.py","line":1,"end_line":2,"exists":false}]""",
            }),
            CancellationToken.None);

        var detail = await Services.DetailAsync(submitted.TaskId);

        Assert.Equal(TaskKind.Ask, claimed.Kind);
        Assert.Equal((TaskKind.Ask, TaskState.Succeeded, "answered"), (detail.Summary.Kind, detail.Summary.State, detail.Summary.Reason));
        Assert.Equal("In `a.py:3`.", detail.Answer);
        Assert.Equal([new AnswerReference("a.py", 3, null, true), new AnswerReference("b.py", 1, 2, false)], detail.References);
        Assert.Equal(new AttemptPrompts("abc", 3, "large"), detail.Attempts.Single().Prompts);
        Assert.Null(detail.Patch);
    }

    [Fact]
    public async Task DetailAsync_Change_HasNoAnswer()
    {
        var lease = await Services.SubmitAndClaimAsync();
        await Services.FinishAsync(lease, AttemptState.NoChange);

        var detail = await Services.DetailAsync(lease.TaskId);

        Assert.Equal(TaskKind.Change, detail.Summary.Kind);
        Assert.Null(detail.Answer);
        Assert.Empty(detail.References);
        Assert.Null(detail.Attempts.Single().Prompts);
    }

    [Fact]
    public async Task WritePromptsAsync_AttemptOfSomebodyElse_IsRefused()
    {
        var lease = await Services.SubmitAndClaimAsync();
        await Assert.ThrowsAsync<LeaseLostException>(
            () => Services.Get<AttemptTurns>().WritePromptsAsync(lease with { Epoch = 7 }, new AttemptPrompts("a", 1, "m"), CancellationToken.None));
    }

    private static CodingTask Question() => CodingTask.Submit(TaskServices.Submission() with { Kind = TaskKind.Ask, TestCommand = "" });
}
