using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.PullRequests;
using CodexService.Tasks.Rounds;
using CodexService.Testing;

namespace CodexService.Tasks.Tests;

public sealed class CodingTaskFollowUpTests
{
    private const string Head = "2222222222222222222222222222222222222222";
    private const string Base = "1111111111111111111111111111111111111111";

    private static readonly RoundHistory Nothing = new(new HashSet<Guid>(), new Dictionary<Guid, string>(), new Dictionary<Guid, int>());
    private static readonly AddedBudget TwentyTurns = new(20, null, null, null);

    public static TheoryData<CodingTask> NotEnded => [Fresh.Queued(), Fresh.Running().Task, Fresh.Publishing()];

    [Fact]
    public void FollowUp_OpenPullRequest_StartsFromItsHeadInANewRound()
    {
        var task = Fresh.Succeeded();

        var asked = task.FollowUp("Also round the total", null, "alice", Nothing);

        var attempt = task.Attempts[^1];
        Assert.Equal((2, Head, true, null, "alice"), (attempt.PromptNumber, attempt.BaseCommit, attempt.OnPullRequest, attempt.PartialOf, attempt.RequestedBy));
        Assert.Equal((TaskState.Queued, 2, null), (task.State, task.RoundStart, task.WinningAttemptId));
        Assert.Equal((2, "Also round the total", task.TestCommand, Head), (asked.Number, asked.Text, asked.TestCommand, asked.BaseCommit));
        Assert.Equal([TaskEventTypes.FollowUpRequested, TaskEventTypes.AttemptQueued], Fresh.Types(task).TakeLast(2));
    }

    [Fact]
    public void FollowUp_NoPullRequest_StartsFromTheBaseWithTheNewestPartialPatch()
    {
        var (task, lease) = Fresh.Running();
        task.Record(lease, new AttemptReport(TaskEventTypes.StageStarted, "Checking out") { BaseCommit = Base });
        task.FinishAttempt(lease, Fresh.Outcome(AttemptState.TimedOut), Fresh.Now);

        task.FollowUp("Finish it", "make test", null, Nothing with { Patches = new HashSet<Guid> { lease.AttemptId } });

        var attempt = task.Attempts[^1];
        Assert.Equal((Base, false, (Guid?)lease.AttemptId), (attempt.BaseCommit, attempt.OnPullRequest, attempt.PartialOf));
    }

    [Fact]
    public void FollowUp_WithoutATestCommand_KeepsThatOfThePromptBefore() => Assert.Equal(
        "make test",
        Fresh.Succeeded().FollowUp("More", null, null, Nothing with { TestCommand = "make test" }).TestCommand);

    [Theory]
    [MemberData(nameof(NotEnded))]
    public void FollowUpAndContinue_NotEnded_AreRefused(CodingTask task)
    {
        Assert.Contains("has ended", Assert.Throws<TaskConflictException>(() => task.FollowUp("More", null, null, Nothing)).Message, StringComparison.Ordinal);
        Assert.Contains("has ended", Assert.Throws<TaskConflictException>(() => task.Continue(TwentyTurns, null, Nothing)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FollowUp_PullRequestMergedOrClosed_IsRefusedWithOneLine()
    {
        var merged = Fresh.Succeeded();
        merged.RequestMerge(Fresh.Now);
        Assert.Contains("being merged", Assert.Throws<TaskConflictException>(() => merged.FollowUp("More", null, null, Nothing)).Message, StringComparison.Ordinal);
        merged.Merged(Base, Fresh.Now);
        var closed = Fresh.Succeeded();
        closed.ClosePullRequest(Fresh.Now);

        Assert.Equal("Pull request #1 is merged, so a follow-up has nothing to build on; submit a new task.", Assert.Throws<TaskConflictException>(() => merged.FollowUp("More", null, null, Nothing)).Message);
        Assert.Equal("Pull request #1 is closed, so a follow-up has nothing to build on; submit a new task.", Assert.Throws<TaskConflictException>(() => closed.FollowUp("More", null, null, Nothing)).Message);
    }

    [Fact]
    public void Retry_OfAFollowUp_StartsWhereTheFollowUpStarted()
    {
        var task = Fresh.Succeeded();
        task.FollowUp("More", null, "alice", Nothing);
        task.FinishAttempt(Fresh.Claim(task, 1), Fresh.Outcome(AttemptState.NoChange), Fresh.Now);

        task.Retry();

        var attempt = task.Attempts[^1];
        Assert.Equal((3, 2, Head, true, "alice"), (attempt.Number, attempt.PromptNumber, attempt.BaseCommit, attempt.OnPullRequest, attempt.RequestedBy));
    }

    [Fact]
    public void MovePullRequest_AfterAFollowUp_KeepsNumberAndBranchAndSucceeds()
    {
        var task = FollowedUp();
        var before = (task.PullRequest!.Id, task.PullRequest.Number, task.PullRequest.Branch);

        task.MovePullRequest(new PullRequestHead(Base, "new evidence", ["ci.yml"]), Fresh.Now);
        task.MovePullRequest(new PullRequestHead(Base, "new evidence", ["ci.yml"]), Fresh.Now);

        Assert.Equal(before, (task.PullRequest.Id, task.PullRequest.Number, task.PullRequest.Branch));
        Assert.Equal((Base, "new evidence", TaskState.Succeeded), (task.PullRequest.HeadCommit, task.PullRequest.Body, task.State));
        Assert.Single(Fresh.Types(task), TaskEventTypes.PullRequestUpdated);
    }

    [Fact]
    public void FailPublishing_OfAMove_LeavesThePullRequestAndSaysSo()
    {
        var task = FollowedUp();
        task.FailPublishing("somebody else moved the branch", Fresh.Now);
        Assert.Equal((TaskState.Failed, Head, PullRequestState.Open), (task.Outcome, task.PullRequest!.HeadCommit, task.PullRequest.State));
        Assert.Equal("the patch is verified, but its pull request could not be updated: somebody else moved the branch", task.RoundReason);
    }

    [Fact]
    public void RequestMerge_WhileTheHeadMoves_IsRefused() =>
        Assert.Contains("new head", Assert.Throws<TaskConflictException>(() => FollowedUp().RequestMerge(Fresh.Now)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(AttemptState.TimedOut, null)]
    [InlineData(AttemptState.Cancelled, null)]
    [InlineData(AttemptState.NoChange, EarlyEnd.Limit)]
    [InlineData(AttemptState.NoChange, EarlyEnd.Stuck)]
    [InlineData(AttemptState.NoChange, EarlyEnd.Stopped)]
    public void Continue_AttemptThatEndedEarly_TakesItsTurnsAndRaisesItsLimits(AttemptState state, EarlyEnd? end)
    {
        var (task, lease) = Fresh.Running();
        task.Record(lease, new AttemptReport(TaskEventTypes.StageStarted, "Checking out") { BaseCommit = Base });
        task.FinishAttempt(lease, Fresh.Outcome(state) with { EarlyEnd = end }, Fresh.Now);
        var history = Nothing with { LastTurns = new Dictionary<Guid, int> { [lease.AttemptId] = 7 } };

        var first = task.Continue(TwentyTurns, "bob", history);
        var second = Fresh.Claim(task, 1);
        task.FinishAttempt(second, Fresh.Outcome(AttemptState.NoChange) with { EarlyEnd = EarlyEnd.Limit }, Fresh.Now);
        var again = task.Continue(
            new AddedBudget(5, 1000, 0.5m, TimeSpan.FromSeconds(60)), null, Nothing with { LastTurns = new Dictionary<Guid, int> { [second.AttemptId] = 20 } });

        Assert.Equal((lease.AttemptId, 7, Base, 20, "bob"), (first.Continues, first.InheritedTurns, first.BaseCommit, first.AddedTurns, first.RequestedBy));
        Assert.Equal((first.Id, 20, 25, 1000L, 0.5m, TimeSpan.FromSeconds(60)), (again.Continues, again.InheritedTurns, again.AddedTurns, again.AddedTokens, again.AddedCost, again.AddedTime));
    }

    [Fact]
    public void Continue_AtALimitWithoutAdding_SaysWhatToSay()
    {
        var (task, lease) = Fresh.Running();
        task.FinishAttempt(lease, Fresh.Outcome(AttemptState.NoChange) with { EarlyEnd = EarlyEnd.Limit }, Fresh.Now);
        var history = Nothing with { LastTurns = new Dictionary<Guid, int> { [lease.AttemptId] = 7 } };
        Assert.Contains("say how much to add", Assert.Throws<TaskConflictException>(() => task.Continue(new AddedBudget(null, null, null, null), null, history)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Continue_BrainThatWasDone_IsRefused()
    {
        var (task, lease) = Fresh.Running();
        task.FinishAttempt(lease, Fresh.Outcome(AttemptState.NoChange), Fresh.Now);
        var history = Nothing with { LastTurns = new Dictionary<Guid, int> { [lease.AttemptId] = 7 } };
        Assert.Contains("follow-up", Assert.Throws<TaskConflictException>(() => task.Continue(TwentyTurns, null, history)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Continue_RepairBrain_TriesAgainWithMoreTimeAndKnowsNoTurns()
    {
        var (task, lease) = Fresh.Running();
        task.FinishAttempt(lease, Fresh.Outcome(AttemptState.TimedOut), Fresh.Now);
        var history = Nothing with { Brains = new Dictionary<Guid, string> { [lease.AttemptId] = "repair" } };

        Assert.Contains("repair brain", Assert.Throws<TaskConflictException>(() => task.Continue(TwentyTurns, null, history)).Message, StringComparison.Ordinal);
        var attempt = task.Continue(new AddedBudget(null, null, null, TimeSpan.FromMinutes(5)), null, history);
        Assert.Equal((TimeSpan.FromMinutes(5), 0), (attempt.AddedTime, attempt.InheritedTurns));
    }

    [Fact]
    public void Claims_ThatEnd_CountTheirWallClockOnce()
    {
        var (task, lease) = Fresh.Running();
        task.Release(lease, Fresh.Now.AddSeconds(30));
        var second = Fresh.Claim(task, 0);
        task.FinishAttempt(second, Fresh.Outcome(AttemptState.Failed), Fresh.Now.AddSeconds(90));
        Assert.Equal([("claim:1", 30), ("claim:2", 90)], task.NewUsage.Select(entry => (entry.Source, entry.Seconds)));
    }

    private static CodingTask FollowedUp()
    {
        var task = Fresh.Succeeded();
        task.FollowUp("More", null, null, Nothing);
        task.FinishAttempt(Fresh.Claim(task, 1), Fresh.Outcome(AttemptState.Succeeded), Fresh.Now);
        return task;
    }
}
