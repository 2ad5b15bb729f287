using CodexService.Contracts.Api;
using CodexService.Contracts.Messages;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Leases;
using CodexService.Testing;
using static CodexService.Tasks.Tests.Fresh;

namespace CodexService.Tasks.Tests;

public sealed class CodingTaskTests
{
    [Fact]
    public void Submit_SeveralAttempts_QueuesEachWithItsMessage()
    {
        var task = Queued(attempts: 3);
        Assert.Equal(TaskState.Queued, task.State);
        Assert.Equal([1, 2, 3], task.Attempts.Select(a => a.Number));
        Assert.Equal(task.Attempts.Select(a => (object)new RunAttempt(a.Id)), task.NewMessages);
        Assert.Equal([TaskEventTypes.TaskSubmitted, TaskEventTypes.AttemptQueued, TaskEventTypes.AttemptQueued, TaskEventTypes.AttemptQueued], Types(task));
    }

    [Theory]
    [InlineData("  First line  \nsecond", "First line")]
    [InlineData("One\r\nTwo", "One")]
    public void Submit_PromptOfSeveralLines_TakesTheFirstAsTitle(string prompt, string title) =>
        Assert.Equal(title, CodingTask.Submit(TaskServices.Submission(prompt: prompt)).Title);

    [Fact]
    public void Submit_LongFirstLine_ShortensWithoutBreakingACharacter()
    {
        var task = CodingTask.Submit(TaskServices.Submission(prompt: new string('x', 118) + "🙂🙂🙂"));
        Assert.Equal(new string('x', 118) + "…", task.Title);
    }

    [Fact]
    public void Claim_Queued_GivesALeaseOfTheNextEpoch()
    {
        var task = Queued();
        var lease = Claim(task, 0);
        Assert.Equal(new AttemptLease(task.Id, task.Attempts[0].Id, 1), lease);
        Assert.Equal(TaskState.Running, task.State);
        Assert.Equal(Now, task.StartedAt);
        Assert.Equal(Now + Lease, task.Attempts[0].LeaseUntil);
    }

    [Fact]
    public void Claim_NotThereToBeTaken_GivesNothingAndChangesNothing()
    {
        foreach (var task in new[] { Running().Task, Publishing(), Succeeded(), Ended(AttemptState.Failed), Cancelled() })
        {
            var before = task.LastSeq;
            Assert.Null(task.Claim(task.Attempts[0].Id, "late", Now, Lease));
            Assert.Equal(before, task.LastSeq);
        }

        Assert.Null(Queued().Claim(Guid.NewGuid(), "lost", Now, Lease));
    }

    [Fact]
    public void Record_OfTheHolder_CountsOnlyForward()
    {
        var (task, lease) = Running();
        task.Record(lease, new AttemptReport(TaskEventTypes.Progressed, "searching") { Stage = "search", CandidatesTried = 40 });
        task.Record(lease, new AttemptReport(TaskEventTypes.Progressed, "searching") { CandidatesTried = 30 });
        Assert.Equal((40, "search"), (task.CandidatesTried, task.Stage));
    }

    [Fact]
    public void Record_SecondBaseCommit_KeepsTheFirst()
    {
        var (task, lease) = Running();
        task.Record(lease, new AttemptReport(TaskEventTypes.StageStarted, "checkout") { BaseCommit = "aaa" });
        task.Record(lease, new AttemptReport(TaskEventTypes.StageStarted, "checkout") { BaseCommit = "bbb" });
        Assert.Equal("aaa", task.BaseCommit);
    }

    [Fact]
    public void StaleLease_AnyWrite_IsRefusedAndChangesNothing()
    {
        var (task, stale) = Running();
        Assert.True(task.Rescue(stale.AttemptId, Now + Lease + Lease));
        var current = task.Claim(stale.AttemptId, "worker-2", Now, Lease)!;
        var before = (task.LastSeq, task.State, task.CandidatesTried);
        Assert.Throws<LeaseLostException>(() => task.Record(stale, new AttemptReport(TaskEventTypes.Progressed, "late") { CandidatesTried = 9 }));
        Assert.Throws<LeaseLostException>(() => task.FinishAttempt(stale, Outcome(AttemptState.Succeeded), Now));
        Assert.Throws<LeaseLostException>(() => task.Release(stale, Now));
        Assert.Equal(before, (task.LastSeq, task.State, task.CandidatesTried));
        Assert.Equal(2, current.Epoch);
    }

    [Theory]
    [InlineData(AttemptState.NoChange, TaskState.NoChange)]
    [InlineData(AttemptState.Failed, TaskState.Failed)]
    [InlineData(AttemptState.TimedOut, TaskState.TimedOut)]
    [InlineData(AttemptState.Cancelled, TaskState.Cancelled)]
    public void FinishAttempt_LastOneWithoutSuccess_EndsTheTask(AttemptState outcome, TaskState expected)
    {
        var task = Ended(outcome);
        Assert.Equal((expected, "because", Now), (task.State, task.Reason, task.FinishedAt));
        Assert.Equal([TaskEventTypes.AttemptFinished, TaskEventTypes.TaskFinished], Types(task).TakeLast(2));
    }

    [Fact]
    public void FinishAttempt_StateThatIsNoEnd_IsRefused()
    {
        var (task, lease) = Running();
        Assert.Throws<ArgumentException>(() => task.FinishAttempt(lease, Outcome(AttemptState.Running), Now));
        Assert.Throws<ArgumentException>(() => task.FinishAttempt(lease, Outcome(AttemptState.Queued), Now));
        Assert.Equal(AttemptState.Running, task.Attempts[0].State);
    }

    [Fact]
    public void FinishAttempt_OthersStillWork_DoesNotEndTheTask()
    {
        var (task, lease) = Running(attempts: 2);
        task.FinishAttempt(lease, Outcome(AttemptState.Failed), Now);
        Assert.False(task.IsTerminal);
        var second = Claim(task, 1);
        task.FinishAttempt(second, Outcome(AttemptState.NoChange, "nothing found"), Now);
        Assert.Equal((TaskState.NoChange, "nothing found"), (task.State, task.Reason));
    }

    [Fact]
    public void FinishAttempt_SuccessAfterAPersonAskedToStop_StopsAndOpensNoPullRequest()
    {
        var (task, lease) = Running();
        task.RequestCancel(Now);
        task.FinishAttempt(lease, Outcome(AttemptState.Succeeded), Now);
        Assert.Equal(TaskState.Cancelled, task.State);
        Assert.Null(task.WinningAttemptId);
        Assert.DoesNotContain(task.NewMessages, message => message is PatchVerified);
    }

    [Fact]
    public void Rescue_LeaseHolds_DoesNothing()
    {
        var (task, lease) = Running();
        Assert.False(task.Rescue(lease.AttemptId, Now + Lease));
        Assert.Equal(TaskState.Running, task.State);
    }

    [Fact]
    public void Rescue_LeaseEnded_QueuesAgainWithAMessage()
    {
        var (task, lease) = Running();
        Assert.True(task.Rescue(lease.AttemptId, Now + Lease + Lease));
        Assert.Equal((TaskState.Queued, AttemptState.Queued), (task.State, task.Attempts[0].State));
        Assert.Equal(new RunAttempt(lease.AttemptId), task.NewMessages[^1]);
        Assert.Contains("worker-1 stopped answering", task.NewEvents[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rescue_ThirdLostWorker_FailsWithTheReason()
    {
        var task = Queued();
        for (var claim = 1; claim <= CodingTask.MaxLostWorkers; claim++)
        {
            var lease = Claim(task, 0);
            Assert.Equal(claim, lease.Epoch);
            Assert.True(task.Rescue(lease.AttemptId, Now + Lease + Lease));
        }

        Assert.Equal(TaskState.Failed, task.State);
        Assert.Contains("3 workers stopped answering", task.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Rescue_WhenAPersonAskedToStop_EndsAsCancelledAndTheLogSaysSo()
    {
        var (task, lease) = Running();
        task.RequestCancel(Now);
        Assert.True(task.Rescue(lease.AttemptId, Now + Lease + Lease));
        Assert.Equal(TaskState.Cancelled, task.State);
        Assert.Equal([TaskEventTypes.CancelRequested, TaskEventTypes.AttemptFinished, TaskEventTypes.TaskFinished], Types(task).TakeLast(3));
    }

    [Fact]
    public void Release_Often_NeverCountsAsAFailureOfTheWorker()
    {
        var task = Queued();
        for (var claim = 1; claim <= CodingTask.MaxLostWorkers + 2; claim++)
        {
            task.Release(Claim(task, 0), Now);
            Assert.Equal((TaskState.Queued, AttemptState.Queued), (task.State, task.Attempts[0].State));
            Assert.DoesNotContain("stopped answering", task.NewEvents[^1].Message, StringComparison.Ordinal);
        }

        Assert.Equal(new RunAttempt(task.Attempts[0].Id), task.NewMessages[^1]);
    }

    [Fact]
    public void Rescue_AfterManyReleases_StillHasItsThreeWorkers()
    {
        var task = Queued();
        for (var claim = 1; claim <= CodingTask.MaxLostWorkers; claim++)
        {
            task.Release(Claim(task, 0), Now);
        }

        Assert.True(task.Rescue(Claim(task, 0).AttemptId, Now + Lease + Lease));
        Assert.Equal(TaskState.Queued, task.State);
    }

    [Fact]
    public void Release_WhenAPersonAskedToStop_EndsAsCancelled()
    {
        var (task, lease) = Running();
        task.RequestCancel(Now);
        task.Release(lease, Now);
        Assert.Equal(TaskState.Cancelled, task.State);
    }

    [Fact]
    public void RequestCancel_Queued_EndsAtOnceAndTheLogTellsEachAttempt()
    {
        var task = Queued(attempts: 2);
        task.RequestCancel(Now);
        Assert.Equal(TaskState.Cancelled, task.State);
        Assert.Equal(
            [TaskEventTypes.CancelRequested, TaskEventTypes.AttemptFinished, TaskEventTypes.AttemptFinished, TaskEventTypes.TaskFinished],
            Types(task).TakeLast(4));
    }

    [Fact]
    public void RequestCancel_Running_WaitsForTheWorkerAndIsHarmlessTwice()
    {
        var (task, lease) = Running(attempts: 2);
        task.RequestCancel(Now);
        var before = task.LastSeq;
        task.RequestCancel(Now);
        Assert.Equal(before, task.LastSeq);
        Assert.Equal(TaskState.Running, task.State);
        Assert.Equal(AttemptState.Cancelled, task.Attempts[1].State);
        task.FinishAttempt(lease, Outcome(AttemptState.Cancelled, "stopped by a person"), Now);
        Assert.Equal(TaskState.Cancelled, task.State);
    }

    [Fact]
    public void RequestCancel_TooLate_IsRefusedWithTheState()
    {
        Assert.Equal("The task cannot be cancelled: it is publishing.", Assert.Throws<TaskConflictException>(() => Publishing().RequestCancel(Now)).Message);
        Assert.Equal("The task cannot be cancelled: it is succeeded.", Assert.Throws<TaskConflictException>(() => Succeeded().RequestCancel(Now)).Message);
        Assert.Equal("The task cannot be cancelled: it is timed out.", Assert.Throws<TaskConflictException>(() => Ended(AttemptState.TimedOut).RequestCancel(Now)).Message);
        Assert.Throws<TaskConflictException>(() => Cancelled().RequestCancel(Now));
    }

    [Fact]
    public void Retry_EndedWithoutSuccess_StartsANewRoundThatAloneDecides()
    {
        var task = Ended(AttemptState.NoChange);
        task.Retry();
        Assert.Equal((TaskState.Queued, 2, 2, false), (task.State, task.RoundStart, task.Attempts.Count, task.CancelRequested));
        Assert.Null(task.Reason);
        Assert.Null(task.FinishedAt);
        task.FinishAttempt(Claim(task, 1), Outcome(AttemptState.Failed, "no sandbox"), Now);
        Assert.Equal((TaskState.Failed, "no sandbox"), (task.State, task.Reason));
    }

    [Fact]
    public void Retry_NotEndedOrSucceeded_IsRefused()
    {
        foreach (var task in new[] { Queued(), Running().Task, Publishing(), Succeeded() })
        {
            Assert.Contains("Only a task that ended without success", Assert.Throws<TaskConflictException>(() => task.Retry()).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Events_HostileText_BecomesOneStorableLine()
    {
        var (task, lease) = Running();
        task.Record(lease, new AttemptReport(TaskEventTypes.Progressed, "a\0b\r\nc") { Data = new { text = "x\0y" } });
        Assert.Equal("a b c", task.NewEvents[^1].Message);
        Assert.DoesNotContain("\\u0000", task.NewEvents[^1].Data, StringComparison.Ordinal);
        task.Record(lease, new AttemptReport(TaskEventTypes.Progressed, new string('x', 1998) + "🙂🙂"));
        Assert.Equal(new string('x', 1998) + "…", task.NewEvents[^1].Message);
        task.FinishAttempt(lease, Outcome(AttemptState.Failed, "one\ntwo\0"), Now);
        Assert.Equal("one two ", task.Attempts[0].Reason);
    }
}
