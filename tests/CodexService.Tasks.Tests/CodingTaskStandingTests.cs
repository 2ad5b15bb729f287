using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.PullRequests;
using CodexService.Tasks.Rounds;
using CodexService.Testing;

namespace CodexService.Tasks.Tests;

/// <summary>What was verified and published stands, whatever a later round comes to.</summary>
public sealed class CodingTaskStandingTests
{
    private const string Next = "3333333333333333333333333333333333333333";

    private static readonly RoundHistory Nothing = new(new HashSet<Guid>(), new Dictionary<Guid, string>(), new Dictionary<Guid, int>());

    [Theory]
    [InlineData(AttemptState.NoChange, TaskState.NoChange, "Round 2: nothing changed")]
    [InlineData(AttemptState.Failed, TaskState.Failed, "Round 2: failed, nothing changed")]
    [InlineData(AttemptState.TimedOut, TaskState.TimedOut, "Round 2: the time was used up, nothing changed")]
    [InlineData(AttemptState.Cancelled, TaskState.Cancelled, "Round 2: cancelled, nothing changed")]
    public void FinishAttempt_FollowUpWithoutAVerifiedPatch_LeavesWhatStandsAndTellsItsEndBeside(AttemptState end, TaskState outcome, string told)
    {
        var task = FollowedUp();

        task.FinishAttempt(Fresh.Claim(task, 1), Fresh.Outcome(end, "no test fails."), Fresh.Now);

        Assert.Equal((TaskState.Succeeded, (string?)null, task.Attempts[0].Id), (task.State, task.Reason, task.WinningAttemptId));
        Assert.Equal((outcome, new RoundEnd(2, outcome, "no test fails."), (Guid?)null), (task.Outcome, task.LastRound, task.UnpublishedAttemptId));
        Assert.Equal($"{told}; pull request #1 stays as it was", Told(task));
        Assert.Equal($"{told}: no test fails", task.LastRound!.InWords());
    }

    [Fact]
    public void RequestCancel_WaitingFollowUp_LeavesWhatStands()
    {
        var task = FollowedUp();

        task.RequestCancel(Fresh.Now);

        Assert.Equal((TaskState.Succeeded, TaskState.Cancelled, task.Attempts[0].Id), (task.State, task.Outcome, task.WinningAttemptId));
        Assert.Equal("Round 2: cancelled, nothing changed: stopped by a person", task.LastRound!.InWords());
    }

    [Fact]
    public void FailPublishing_VerifiedFollowUp_LeavesWhatStandsAndTheOtherCanBeChosenStill()
    {
        var task = FollowedUp();
        task.FinishAttempt(Fresh.Claim(task, 1), Fresh.Outcome(AttemptState.Succeeded), Fresh.Now);

        task.FailPublishing("somebody else moved the branch", Fresh.Now);
        Assert.Equal((TaskState.Succeeded, TaskState.Failed, task.Attempts[0].Id, (Guid?)task.Attempts[1].Id), (task.State, task.Outcome, task.WinningAttemptId, task.UnpublishedAttemptId));
        Assert.Equal("Round 2: failed, nothing changed: the patch is verified, but its pull request could not be updated: somebody else moved the branch; pull request #1 stays as it was", Told(task));

        task.Choose(2, Fresh.Now);
        Assert.Equal((TaskState.Publishing, TaskState.Publishing, task.Attempts[1].Id, null), (task.State, task.Outcome, task.WinningAttemptId, task.LastRound));
    }

    [Fact]
    public void NextRounds_AfterOneThatBroughtNothing_BeginAndMayBringSomething()
    {
        var task = FollowedUp();
        task.FinishAttempt(Fresh.Claim(task, 1), Fresh.Outcome(AttemptState.NoChange), Fresh.Now);

        task.Retry();
        Assert.Equal((TaskState.Queued, null), (task.State, task.LastRound));
        task.FinishAttempt(Fresh.Claim(task, 2), Fresh.Outcome(AttemptState.Failed), Fresh.Now);
        task.FollowUp("And more", null, null, Nothing);
        task.FinishAttempt(Fresh.Claim(task, 3), Fresh.Outcome(AttemptState.Succeeded), Fresh.Now);
        task.MovePullRequest(new PullRequestHead(Next, "new evidence", []), Fresh.Now);

        Assert.Equal((TaskState.Succeeded, TaskState.Succeeded, task.Attempts[3].Id, null), (task.State, task.Outcome, task.WinningAttemptId, task.LastRound));
        Assert.Throws<TaskConflictException>(() => task.Retry());
    }

    [Fact]
    public void Choose_TheOneThatStands_IsHarmless()
    {
        var task = FollowedUp();
        task.FinishAttempt(Fresh.Claim(task, 1), Fresh.Outcome(AttemptState.NoChange), Fresh.Now);

        task.Choose(1, Fresh.Now);

        Assert.Equal((TaskState.Succeeded, TaskState.NoChange), (task.State, task.Outcome));
    }

    [Fact]
    public void Choose_TheOneThatStandsAfterAnotherPickFailed_TakesTheFailureAway()
    {
        var task = Fresh.Queued(attempts: 2);
        foreach (var lease in new[] { Fresh.Claim(task, 0), Fresh.Claim(task, 1) })
        {
            task.FinishAttempt(lease, Fresh.Outcome(AttemptState.Succeeded), Fresh.Now);
        }

        task.OpenPullRequest(TaskServices.PullRequest(task.Id), Fresh.Now);
        var (kept, other) = task.WinningAttemptId == task.Attempts[0].Id ? (1, 2) : (2, 1);
        task.Choose(other, Fresh.Now);
        task.FailPublishing("somebody else moved the branch", Fresh.Now);
        Assert.Equal((TaskState.Succeeded, new RoundEnd(1, TaskState.Failed, task.RoundReason!)), (task.State, task.LastRound));
        task.ClearNew();

        task.Choose(kept, Fresh.Now);

        Assert.Equal((TaskState.Succeeded, TaskState.Succeeded, null, null), (task.State, task.Outcome, task.LastRound, task.UnpublishedAttemptId));
        Assert.Equal([$"A person chose attempt {kept} again: pull request #1 has it already", "Finished: succeeded"], task.NewEvents.Select(entry => entry.Message));
        Assert.Empty(task.NewMessages);
        task.Choose(kept, Fresh.Now);
        Assert.Equal(2, task.NewEvents.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PullRequestIsMergedOrClosedOnItsForge_WhileAFollowUpRuns_IsWhyItStopped(bool merged)
    {
        var reason = $"its pull request was {(merged ? "merged" : "closed")}";
        foreach (var running in new[] { false, true })
        {
            var task = FollowedUp();
            var lease = running ? Fresh.Claim(task, 1) : null;
            task.ClearNew();

            End(task);
            if (lease is not null)
            {
                task.FinishAttempt(lease, Fresh.Outcome(AttemptState.Cancelled, "stopped by a person"), Fresh.Now);
            }

            Assert.Equal($"Round 2: cancelled, nothing changed: {reason}", task.LastRound!.InWords());
            Assert.Equal([$"The work stops: {reason}", $"Attempt 2: {reason}", "Round 2: cancelled, nothing changed"], task.NewEvents.Skip(1).Select(entry => entry.Message));
        }

        // Who asked to stop before is the reason still.
        var stopped = FollowedUp();
        var last = Fresh.Claim(stopped, 1);
        stopped.RequestCancel(Fresh.Now);
        End(stopped);
        stopped.FinishAttempt(last, Fresh.Outcome(AttemptState.Cancelled, "stopped by a person"), Fresh.Now);
        Assert.Equal("Round 2: cancelled, nothing changed: stopped by a person", stopped.LastRound!.InWords());

        void End(CodingTask task)
        {
            if (merged)
            {
                task.MergedOnForge("c", "ana", Fresh.Now);
            }
            else
            {
                task.ClosedOnForge("ana", Fresh.Now);
            }
        }
    }

    [Fact]
    public void FinishAttempt_NothingWasPublished_EndsTheTaskAsItsRoundEnded()
    {
        var task = Fresh.Ended(AttemptState.TimedOut);
        task.FollowUp("Go on", null, null, Nothing);

        task.FinishAttempt(Fresh.Claim(task, 1), Fresh.Outcome(AttemptState.NoChange), Fresh.Now);

        Assert.Equal((TaskState.NoChange, TaskState.NoChange, "because", null), (task.State, task.Outcome, task.Reason, task.LastRound));
    }

    private static CodingTask FollowedUp()
    {
        var task = Fresh.Succeeded();
        task.FollowUp("Also round the total", null, "alice", Nothing);
        return task;
    }

    private static string Told(CodingTask task) => task.NewEvents.Last(entry => entry.Type == TaskEventTypes.TaskFinished).Message;
}
