using CodexService.Contracts.Api;
using CodexService.Contracts.Messages;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Leases;
using CodexService.Testing;
using static CodexService.Tasks.Tests.Fresh;

namespace CodexService.Tasks.Tests;

/// <summary>Which of several attempts counts.</summary>
public sealed class CodingTaskChoiceTests
{
    [Fact]
    public void FinishAttempt_FirstSuccessOfSeveral_LetsTheOthersGoOn()
    {
        var (task, leases) = RunningAll(3);
        Succeed(task, leases[0], lines: 8);
        Assert.Equal(TaskState.Running, task.State);
        Assert.Null(task.WinningAttemptId);
        Assert.Equal([AttemptState.Succeeded, AttemptState.Running, AttemptState.Running], task.Attempts.Select(a => a.State));
        Assert.DoesNotContain(task.NewMessages, message => message is PatchVerified);
    }

    [Fact]
    public void FinishAttempt_LastOfSeveral_PublishesTheBestAndSaysWhy()
    {
        var (task, leases) = RunningAll(4);
        Succeed(task, leases[0], lines: 8);
        task.FinishAttempt(leases[1], Outcome(AttemptState.Failed, "no sandbox"), Now);
        Succeed(task, leases[2], lines: 6);
        Succeed(task, leases[3], lines: 6);
        Assert.Equal((TaskState.Publishing, leases[2].AttemptId), (task.State, task.WinningAttemptId));
        Assert.Equal(new PatchVerified(task.Id), Assert.Single(task.NewMessages, message => message is PatchVerified));
        var why = Assert.Single(task.NewEvents, entry => entry.Type == TaskEventTypes.AttemptChosen);
        Assert.Equal((3, "Chosen: attempt 3 of 4: 13 tests pass, none broken, as good as attempt 4, and earlier (6 lines)"), (why.Attempt, why.Message));
        Assert.Contains("\"by\":\"ranking\"", why.Data, StringComparison.Ordinal);
    }

    [Fact]
    public void FinishAttempt_OneAttempt_PublishesAtOnceWithoutAWord()
    {
        var (task, lease) = Running();
        Succeed(task, lease);
        Assert.Equal((TaskState.Publishing, lease.AttemptId), (task.State, task.WinningAttemptId));
        Assert.DoesNotContain(TaskEventTypes.AttemptChosen, Types(task));
        Assert.Equal(TaskEventTypes.AttemptFinished, task.NewEvents[^1].Type);
    }

    [Fact]
    public void FinishAttempt_LastOneFails_TheVerifiedOneIsPublished()
    {
        var (task, leases) = RunningAll(2);
        Succeed(task, leases[0]);
        task.FinishAttempt(leases[1], Outcome(AttemptState.NoChange), Now);
        Assert.Equal((TaskState.Publishing, leases[0].AttemptId), (task.State, task.WinningAttemptId));
    }

    [Fact]
    public void FinishAttempt_VerifiedAndRefuted_KeepsTheFactsOfBoth()
    {
        var (task, leases) = RunningAll(2);
        Succeed(task, leases[0], lines: 8);
        task.FinishAttempt(leases[1], new AttemptOutcome(AttemptState.NoChange, "broken", Result(leases[1], lines: 3, broken: 2)), Now);
        Assert.Equal((true, 13, 0, 8), (task.Attempts[0].Verified, task.Attempts[0].TestsPassed, task.Attempts[0].Regressions, task.Attempts[0].PatchLines));
        Assert.Equal((false, 13, 2, 3), (task.Attempts[1].Verified, task.Attempts[1].TestsPassed, task.Attempts[1].Regressions, task.Attempts[1].PatchLines));
    }

    [Fact]
    public void Rescue_LastOneIsLost_TheVerifiedOneIsPublished()
    {
        var (task, leases) = RunningAll(2);
        Succeed(task, leases[0]);
        var late = Now;
        for (var lost = 1; lost <= CodingTask.MaxLostWorkers; lost++)
        {
            late += Lease + Lease;
            Assert.True(task.Rescue(leases[1].AttemptId, late));
            task.Claim(leases[1].AttemptId, "worker-1", late, Lease);
        }

        Assert.Equal((TaskState.Publishing, leases[0].AttemptId), (task.State, task.WinningAttemptId));
    }

    [Fact]
    public void Choose_WhileOthersRun_StopsThemAndPublishesWhenTheyHaveEnded()
    {
        var task = Queued(attempts: 3);
        var first = Claim(task, 0);
        var second = Claim(task, 1);
        Succeed(task, first, lines: 9);
        task.Choose(1, Now);
        Assert.Equal((TaskState.Running, first.AttemptId), (task.State, task.WinningAttemptId));
        Assert.Equal([AttemptState.Succeeded, AttemptState.Running, AttemptState.Cancelled], task.Attempts.Select(a => a.State));

        var partial = new AttemptOutcome(AttemptState.Cancelled, "stopped by a person", Result(second, lines: 2));
        task.FinishAttempt(second, partial, Now);
        Assert.Equal((TaskState.Publishing, first.AttemptId), (task.State, task.WinningAttemptId));
        Assert.Equal(("stopped, as a person chose attempt 1", 2), (task.Attempts[1].Reason, task.Attempts[1].PatchLines));
        Assert.Equal(new PatchVerified(task.Id), Assert.Single(task.NewMessages, message => message is PatchVerified));
    }

    [Fact]
    public void Choose_WhileOthersRun_StandsAgainstABetterOneThatEndsLater()
    {
        var (task, leases) = RunningAll(2);
        Succeed(task, leases[0], lines: 9);
        task.Choose(1, Now);
        Succeed(task, leases[1], lines: 1);
        Assert.Equal(leases[0].AttemptId, task.WinningAttemptId);
        Assert.True(task.Attempts[1].Verified);
    }

    [Fact]
    public void Choose_WhileOthersRun_TheirSilentOrStoppingWorkerEndsThem()
    {
        foreach (var end in new Action<CodingTask, AttemptLease>[] { (t, lease) => t.Rescue(lease.AttemptId, Now + Lease + Lease), (t, lease) => t.Release(lease, Now) })
        {
            var (task, leases) = RunningAll(2);
            Succeed(task, leases[0]);
            task.Choose(1, Now);
            end(task, leases[1]);
            Assert.Equal((TaskState.Publishing, AttemptState.Cancelled), (task.State, task.Attempts[1].State));
            Assert.Equal("stopped, as a person chose attempt 1", task.Attempts[1].Reason);
        }
    }

    [Fact]
    public void Choose_AfterTheEnd_PublishesTheOtherOne()
    {
        var task = SucceededWithTwo(out var leases);
        Assert.Equal(leases[1].AttemptId, task.WinningAttemptId);
        task.ClearNew();
        task.Choose(1, Now);
        Assert.Equal((TaskState.Publishing, leases[0].AttemptId), (task.State, task.WinningAttemptId));
        Assert.Equal((null, null, Now), (task.Reason, task.FinishedAt, task.ChosenAt));
        Assert.Equal([new PatchVerified(task.Id)], task.NewMessages);
        Assert.Equal("A person chose attempt 1: 13 tests pass, none broken", Assert.Single(task.NewEvents).Message);
        Assert.NotNull(task.PullRequest);
    }

    [Fact]
    public void Choose_WhatIsChosen_ChangesNothing()
    {
        var task = SucceededWithTwo(out _);
        var before = (task.State, task.LastSeq, task.NewMessages.Count);
        task.Choose(2, Now);
        Assert.Equal(before, (task.State, task.LastSeq, task.NewMessages.Count));
    }

    [Fact]
    public void Choose_AfterPublishingFailedOrAPersonStopped_PublishesWithoutAPullRequestToMove()
    {
        var (failed, leases) = RunningAll(2);
        Succeed(failed, leases[0]);
        Succeed(failed, leases[1]);
        failed.FailPublishing("the branch is protected", Now);
        failed.Choose(1, Now);
        Assert.Equal(TaskState.Publishing, failed.State);

        var (stopped, others) = RunningAll(2);
        Succeed(stopped, others[0]);
        stopped.RequestCancel(Now);
        stopped.FinishAttempt(others[1], Outcome(AttemptState.Cancelled), Now);
        Assert.Equal((TaskState.Cancelled, null), (stopped.State, stopped.WinningAttemptId));
        stopped.Choose(1, Now);
        Assert.Equal((TaskState.Publishing, false, null), (stopped.State, stopped.CancelRequested, stopped.Reason));
    }

    [Fact]
    public void RequestCancel_AfterAChoice_StopsTheTaskWithoutAWinner()
    {
        var (task, leases) = RunningAll(2);
        Succeed(task, leases[0]);
        task.Choose(1, Now);
        task.RequestCancel(Now);
        task.FinishAttempt(leases[1], Outcome(AttemptState.Cancelled), Now);
        Assert.Equal((TaskState.Cancelled, null), (task.State, task.WinningAttemptId));
        Assert.DoesNotContain(task.NewMessages, message => message is PatchVerified);
    }

    [Fact]
    public void Choose_AfterAskingToStop_TakesThatOneInstead()
    {
        var (task, leases) = RunningAll(2);
        Succeed(task, leases[0]);
        task.RequestCancel(Now);
        task.Choose(1, Now);
        task.FinishAttempt(leases[1], Outcome(AttemptState.Cancelled), Now);
        Assert.Equal((TaskState.Publishing, leases[0].AttemptId), (task.State, task.WinningAttemptId));
    }

    [Fact]
    public void Choose_WhatCannotBeChosen_IsRefusedInOneLine()
    {
        var (task, leases) = RunningAll(3);
        Refused(task, 4, "The task has no attempt 4; its attempts are 1 to 3.");
        Refused(task, 1, "Attempt 1 cannot be chosen yet: its patch is not verified.");
        task.FinishAttempt(leases[0], Outcome(AttemptState.NoChange), Now);
        Refused(task, 1, "Attempt 1 cannot be chosen: its patch is not verified; download it and apply it by hand.");
        Succeed(task, leases[1]);
        Succeed(task, leases[2]);
        Refused(task, 3, "Attempt 3 cannot be chosen now: the pull request of another attempt is being opened; choose when that is done.");
        task.FailPublishing("no", Now);
        task.Retry();
        Refused(task, 2, "Attempt 2 belongs to an earlier round; only attempts from 4 on can be chosen.");
    }

    [Fact]
    public void Choose_PullRequestIsNoLongerOpen_IsRefusedInOneLine()
    {
        var task = SucceededWithTwo(out _);
        task.RequestMerge(Now);
        Refused(task, 1, "Attempt 1 cannot be chosen: pull request #1 is being merged.");
        task.Merged("c", Now);
        Refused(task, 1, "Attempt 1 cannot be chosen: pull request #1 is merged; submit a new task for a further change.");
        var closed = SucceededWithTwo(out _);
        closed.ClosePullRequest(Now);
        Refused(closed, 1, "Attempt 1 cannot be chosen: pull request #1 is closed; submit the task again.");
    }

    private static void Refused(CodingTask task, int number, string line)
    {
        var before = (task.State, task.LastSeq, task.WinningAttemptId);
        Assert.Equal(line, Assert.Throws<TaskConflictException>(() => task.Choose(number, Now)).Message);
        Assert.Equal(before, (task.State, task.LastSeq, task.WinningAttemptId));
    }

    private static CodingTask SucceededWithTwo(out AttemptLease[] leases)
    {
        (var task, leases) = RunningAll(2);
        Succeed(task, leases[0], lines: 9);
        Succeed(task, leases[1], lines: 4);
        task.OpenPullRequest(TaskServices.PullRequest(task.Id), Now);
        return task;
    }

    private static (CodingTask Task, AttemptLease[] Leases) RunningAll(int attempts)
    {
        var task = Queued(attempts);
        return (task, [.. Enumerable.Range(0, attempts).Select(index => Claim(task, index))]);
    }

    private static void Succeed(CodingTask task, AttemptLease lease, int lines = 2) =>
        task.FinishAttempt(lease, new AttemptOutcome(AttemptState.Succeeded, "proven", Result(lease, lines)), Now);

    private static AttemptResult Result(AttemptLease lease, int lines, int broken = 0) => TaskServices.Result(lease, lines, broken);
}
