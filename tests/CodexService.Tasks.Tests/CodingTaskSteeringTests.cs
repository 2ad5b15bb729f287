using CodexService.Contracts.Api;
using CodexService.Contracts.Messages;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Leases;
using CodexService.Testing;
using static CodexService.Tasks.Tests.Fresh;

namespace CodexService.Tasks.Tests;

public sealed class CodingTaskSteeringTests
{
    private static readonly AttemptParking Paused = new(Plan: null, MessagesRead: 0, TimeSpan.FromSeconds(30));

    [Fact]
    public void RequestPause_Queued_IsPausedAtOnce_AndResumeQueuesItWithItsMessage()
    {
        var task = Queued();

        task.RequestPause(Now);
        Assert.Equal((TaskState.Paused, AttemptState.Paused, "paused by a person"), (task.State, task.Attempts[0].State, task.Reason));
        Assert.Null(task.Claim(task.Attempts[0].Id, "worker", Now, Lease));

        task.Resume(Now);
        Assert.Equal((TaskState.Queued, AttemptState.Queued, null), (task.State, task.Attempts[0].State, task.Reason));
        Assert.Equal(2, task.NewMessages.OfType<RunAttempt>().Count());
        Assert.Equal([TaskEventTypes.PauseRequested, TaskEventTypes.Paused, TaskEventTypes.Resumed], Types(task).TakeLast(3));
        Assert.NotNull(task.Claim(task.Attempts[0].Id, "worker", Now, Lease));
    }

    [Fact]
    public void RequestPause_Running_WaitsForTheWorkerThatParks()
    {
        var (task, lease) = Running();

        task.RequestPause(Now);
        task.RequestPause(Now);
        Assert.Equal((TaskState.Running, true), (task.State, task.PauseRequested));
        Assert.Single(Types(task), TaskEventTypes.PauseRequested);

        task.Park(lease, Paused, Now);
        Assert.Equal((TaskState.Paused, AttemptState.Paused, null, null), (task.State, task.Attempts[0].State, task.Attempts[0].Worker, task.Attempts[0].LeaseUntil));
        Assert.Equal(TimeSpan.FromSeconds(30), task.Attempts[0].UsedTime);
        Assert.Throws<LeaseLostException>(() => task.Record(lease, new AttemptReport(TaskEventTypes.Progressed, "late")));
    }

    [Fact]
    public void Park_ResumedInTheSameMoment_IsQueuedAgain()
    {
        var (task, lease) = Running();
        task.RequestPause(Now);
        task.Resume(Now);

        task.Park(lease, Paused, Now);

        Assert.Equal((TaskState.Queued, AttemptState.Queued), (task.State, task.Attempts[0].State));
        Assert.Equal(2, task.NewMessages.OfType<RunAttempt>().Count());
    }

    [Fact]
    public void Park_OneOfTwo_TaskRunsOnUntilTheOtherEnds_AndTheEndOfOneIsNotTheTasks()
    {
        var (task, first) = Running(attempts: 2);
        var second = Claim(task, 1);
        task.RequestPause(Now);

        task.Park(first, Paused, Now);
        Assert.Equal(TaskState.Running, task.State);

        task.FinishAttempt(second, Outcome(AttemptState.NoChange), Now);
        Assert.Equal((TaskState.Paused, "paused by a person"), (task.State, task.Reason));
        Assert.False(task.IsTerminal);
    }

    [Fact]
    public void FinishAttempt_SucceededBesideAPausedOne_WaitsUntilAPersonChooses()
    {
        var (task, first) = Running(attempts: 2);
        var second = Claim(task, 1);
        task.RequestPause(Now);
        task.Park(first, Paused, Now);

        task.FinishAttempt(second, Outcome(AttemptState.Succeeded), Now);

        Assert.Equal((TaskState.Paused, AttemptState.Paused, true), (task.State, task.Attempts[0].State, task.PauseRequested));

        task.Choose(2, Now);

        Assert.Equal((TaskState.Publishing, AttemptState.Cancelled, false), (task.State, task.Attempts[0].State, task.PauseRequested));
    }

    [Fact]
    public void FinishAttempt_Paused_IsNoEnd()
    {
        var (task, lease) = Running();
        Assert.Throws<ArgumentException>(() => task.FinishAttempt(lease, Outcome(AttemptState.Paused), Now));
    }

    [Fact]
    public void RequestCancel_Paused_EndsAtOnce()
    {
        foreach (var task in new[] { ParkedByAPerson(), WithWaitingPlan() })
        {
            task.RequestCancel(Now);
            Assert.Equal((TaskState.Cancelled, AttemptState.Cancelled, false), (task.State, task.Attempts[0].State, task.PauseRequested));
        }
    }

    [Fact]
    public void Park_WhileBeingStopped_EndsAsCancelled()
    {
        var (task, lease) = Running();
        task.RequestCancel(Now);

        task.Park(lease, Paused with { Plan = "1. go" }, Now);

        Assert.Equal((TaskState.Cancelled, null), (task.State, task.Attempts[0].Plan));
    }

    [Fact]
    public void RescueAndRelease_PauseRequested_PausesInsteadOfQueuing()
    {
        var (rescued, _) = Running();
        rescued.RequestPause(Now);
        Assert.True(rescued.Rescue(rescued.Attempts[0].Id, Now + (2 * Lease)));
        var (released, lease) = Running();
        released.RequestPause(Now);
        released.Release(lease, Now);

        Assert.All([rescued, released], task => Assert.Equal((TaskState.Paused, AttemptState.Paused), (task.State, task.Attempts[0].State)));
        rescued.Resume(Now);
        Assert.Equal(2, Claim(rescued, 0).Epoch);
    }

    [Fact]
    public void Rescue_Paused_IsNotThereToBeRescued()
    {
        var task = ParkedByAPerson();
        Assert.False(task.Rescue(task.Attempts[0].Id, Now + TimeSpan.FromDays(30)));
    }

    [Fact]
    public void RefusePause_WithdrawsItAndQueuesWhatWasPaused()
    {
        var (task, lease) = Running(attempts: 2);
        task.RequestPause(Now);
        Assert.Equal(AttemptState.Paused, task.Attempts[1].State);

        task.RefusePause(lease, "the repair brain cannot be paused", Now);
        task.RefusePause(lease, "the repair brain cannot be paused", Now);

        Assert.Equal((false, AttemptState.Queued), (task.PauseRequested, task.Attempts[1].State));
        Assert.Single(task.NewEvents, e => e.Type == TaskEventTypes.PauseRefused && e.Message == "Not paused: the repair brain cannot be paused");
    }

    [Fact]
    public void Park_WithAPlan_WaitsForApproval_AndApprovalQueuesIt()
    {
        var task = WithWaitingPlan();
        Assert.Equal((TaskState.Paused, "its plan waits for your approval"), (task.State, task.Reason));
        Assert.Contains("its plan waits", Assert.Throws<TaskConflictException>(() => task.Resume(Now)).Message, StringComparison.Ordinal);

        task.ApproveProposedPlan(new ApprovePlanRequest(Plan: " 1. look\n2. write ", Revision: 1), Now);

        Assert.Equal((TaskState.Queued, "1. look\n2. write", PlanState.Approved), (task.State, task.Attempts[0].Plan, task.Attempts[0].PlanState));
        Assert.Contains("changed and approved", task.NewEvents.Last(e => e.Type == TaskEventTypes.PlanApproved).Message, StringComparison.Ordinal);
        Assert.Contains("approved already", Assert.Throws<TaskConflictException>(() => task.ApproveProposedPlan(new ApprovePlanRequest(1), Now)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ApproveProposedPlan_RevisedMeanwhile_IsNotApprovedUnseen()
    {
        var task = WithWaitingPlan();
        task.SendMessage("smaller, please", null, Now);
        Assert.Equal((TaskState.Queued, PlanState.Revising), (task.State, task.Attempts[0].PlanState));
        Assert.Throws<TaskConflictException>(() => task.ApproveProposedPlan(new ApprovePlanRequest(Revision: 1), Now));
        task.Park(Claim(task, 0), new AttemptParking("1. less", 1, TimeSpan.Zero), Now);

        Assert.Contains("revised meanwhile", Assert.Throws<TaskConflictException>(() => task.ApproveProposedPlan(new ApprovePlanRequest(Revision: 1), Now)).Message, StringComparison.Ordinal);
        task.ApproveProposedPlan(new ApprovePlanRequest(Revision: 2), Now);
        Assert.Equal("1. less", task.Attempts[0].Plan);
    }

    [Fact]
    public void Park_WithAPlan_MessageCameInTheSameMoment_IsQueuedToReadIt()
    {
        var (task, lease) = Running();
        task.SendMessage("not so fast", null, Now);

        task.Park(lease, Paused with { Plan = "1. go" }, Now);

        Assert.Equal((TaskState.Queued, PlanState.Revising), (task.State, task.Attempts[0].PlanState));
    }

    [Fact]
    public void ApproveProposedPlan_DuringAPause_WaitsForResume()
    {
        var task = WithWaitingPlan();
        task.RequestPause(Now);
        Assert.Equal("paused by a person", task.Reason);

        task.ApproveProposedPlan(new ApprovePlanRequest(), Now);
        Assert.Equal(TaskState.Paused, task.State);

        task.Resume(Now);
        Assert.Equal(TaskState.Queued, task.State);
    }

    [Fact]
    public void Resume_PlanStillWaits_GoesOnWaitingForIt()
    {
        var task = WithWaitingPlan();
        task.RequestPause(Now);
        task.Resume(Now);
        Assert.Equal((TaskState.Paused, "its plan waits for your approval"), (task.State, task.Reason));
    }

    [Fact]
    public void ApproveProposedPlan_SeveralWait_HasToNameTheAttempt()
    {
        var (task, first) = Running(attempts: 2);
        task.Park(first, Paused with { Plan = "1. one" }, Now);
        task.Park(Claim(task, 1), Paused with { Plan = "1. two" }, Now);

        Assert.Equal("2 plans wait; name the attempt: 1, 2.", Assert.Throws<TaskConflictException>(() => task.ApproveProposedPlan(new ApprovePlanRequest(), Now)).Message);
        task.ApproveProposedPlan(new ApprovePlanRequest(2), Now);
        Assert.Equal((PlanState.Waiting, PlanState.Approved), (task.Attempts[0].PlanState, task.Attempts[1].PlanState));
    }

    [Fact]
    public void SendMessage_ToOneAttempt_WakesThatOneAlone()
    {
        var (task, first) = Running(attempts: 2);
        task.Park(first, Paused with { Plan = "1. one" }, Now);
        task.Park(Claim(task, 1), Paused with { Plan = "1. two" }, Now);

        var message = task.SendMessage("two is too much\0", 2, Now);

        Assert.Equal((1, 2, "two is too much\uFFFD"), (message.Number, message.Attempt, message.Text));
        Assert.Equal((AttemptState.Paused, AttemptState.Queued), (task.Attempts[0].State, task.Attempts[1].State));
        Assert.Throws<TaskConflictException>(() => task.SendMessage("who?", 3, Now));
        Assert.Equal(1, task.MessageCount);
    }

    [Fact]
    public void Steering_OfATaskThatCannotBeSteered_IsRefusedAndChangesNothing()
    {
        var stopping = Running().Task;
        stopping.RequestCancel(Now);
        foreach (var task in new[] { Publishing(), Succeeded(), Ended(AttemptState.Failed), Cancelled(), stopping })
        {
            var before = task.LastSeq;
            Assert.Throws<TaskConflictException>(() => task.RequestPause(Now));
            Assert.Throws<TaskConflictException>(() => task.Resume(Now));
            Assert.Throws<TaskConflictException>(() => task.SendMessage("hello", null, Now));
            Assert.Throws<TaskConflictException>(() => task.ApproveProposedPlan(new ApprovePlanRequest(), Now));
            Assert.Equal((before, 0, false), (task.LastSeq, task.MessageCount, task.PauseRequested));
        }
    }

    [Fact]
    public void Steering_OfTheRepairBrain_IsRefusedWithOneLine()
    {
        var task = CodingTask.Submit(TaskServices.Submission() with { Brain = BrainChoice.Repair });
        Assert.Equal("The repair brain cannot be paused; stop the task instead, and retry it later.", Assert.Throws<TaskConflictException>(() => task.RequestPause(Now)).Message);
        Assert.Equal("The repair brain reads no messages; stop the task and submit a new one.", Assert.Throws<TaskConflictException>(() => task.SendMessage("hello", null, Now)).Message);
    }

    [Fact]
    public void SendMessage_ToTheAttemptThatRepairs_IsRefusedWithOneLine()
    {
        var task = CodingTask.Submit(TaskServices.Submission() with { Brain = BrainChoice.Both, Attempts = 2 });
        Assert.Equal(
            "Attempt 1 is the repair brain's, which reads no messages; leave the attempt out to reach the others.",
            Assert.Throws<TaskConflictException>(() => task.SendMessage("hello", 1, Now)).Message);
        Assert.Equal(2, task.SendMessage("hello", 2, Now).Attempt);
    }

    [Fact]
    public void Steering_OfAnEndedTask_SaysWhy()
    {
        Assert.Equal("The task cannot be paused: the task is succeeded.", Assert.Throws<TaskConflictException>(() => Succeeded().RequestPause(Now)).Message);
        Assert.Equal("The message would reach nobody: the task is failed.", Assert.Throws<TaskConflictException>(() => Ended(AttemptState.Failed).SendMessage("m", null, Now)).Message);
    }

    [Fact]
    public void Resume_NotPaused_SaysWhatTheTaskIs() =>
        Assert.Equal("The task is not paused: it is running.", Assert.Throws<TaskConflictException>(() => Running().Task.Resume(Now)).Message);

    private static CodingTask ParkedByAPerson()
    {
        var (task, lease) = Running();
        task.RequestPause(Now);
        task.Park(lease, Paused, Now);
        return task;
    }

    private static CodingTask WithWaitingPlan()
    {
        var task = CodingTask.Submit(TaskServices.Submission() with { ApprovePlan = true });
        task.Park(Claim(task, 0), Paused with { Plan = "1. look" }, Now);
        return task;
    }
}
