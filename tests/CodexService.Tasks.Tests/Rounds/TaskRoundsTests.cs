using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Leases;
using CodexService.Tasks.Rounds;
using CodexService.Tasks.Turns;
using CodexService.Testing;

namespace CodexService.Tasks.Tests.Rounds;

public sealed class TaskRoundsTests(TasksFixture tasks) : DatabaseTest(tasks)
{
    private const string Base = "1111111111111111111111111111111111111111";

    private TaskRounds Rounds => Services.Get<TaskRounds>();

    private AttemptTurns Turns => Services.Get<AttemptTurns>();

    [Fact]
    public async Task FollowUpAsync_OnAPullRequest_IsClaimedWithItsPromptAndListed()
    {
        var lease = await Services.SubmitAndClaimAsync();
        await Services.SucceedAsync(lease);
        await Services.OpenPullRequestAsync(lease.TaskId);

        await Rounds.FollowUpAsync(lease.TaskId, "Also round it", "make test", "alice", CancellationToken.None);
        var claimed = (await Services.Leases.ClaimNextAsync("worker", CancellationToken.None))!;

        Assert.Equal(("Also round it", "make test", 2, true, "alice"), (claimed.Prompt, claimed.TestCommand, claimed.PromptNumber, claimed.OnPullRequest, claimed.RequestedBy));
        Assert.Equal("2222222222222222222222222222222222222222", claimed.BaseCommit);
        var detail = await Services.DetailAsync(lease.TaskId);
        Assert.Equal(["Fix the pagination bug", "Also round it"], detail.Prompts.Select(prompt => prompt.Text));
        Assert.Equal(["python3 -m pytest -q", "make test"], detail.Prompts.Select(prompt => prompt.TestCommand));
        Assert.Equal("make test", detail.TestCommand);
    }

    [Fact]
    public async Task FollowUpAsync_AfterAPartialPatch_StartsFromIt()
    {
        var lease = await StoppedAsync();

        await Rounds.FollowUpAsync(lease.TaskId, "Finish it", null, null, CancellationToken.None);
        var claimed = (await Services.Leases.ClaimNextAsync("worker", CancellationToken.None))!;

        Assert.Equal((lease.AttemptId, Base, false), (claimed.PartialOf!.Value, claimed.BaseCommit, claimed.OnPullRequest));
        Assert.Equal(TaskServices.Result(lease).Patch, await Rounds.PatchAsync(lease.AttemptId, CancellationToken.None));
    }

    [Fact]
    public async Task EarlierAsync_ASecondFollowUp_TellsWhatCameOfEachPrompt()
    {
        var lease = await StoppedAsync();
        await Services.Leases.FinishNothingAsync(Services, lease.TaskId, "Second");
        await Rounds.FollowUpAsync(lease.TaskId, "Third", null, null, CancellationToken.None);

        var earlier = await Rounds.EarlierAsync(lease.TaskId, 3, CancellationToken.None);

        Assert.Equal(["Fix the pagination bug", "Second"], earlier.Select(round => round.Prompt));
        Assert.Equal([AttemptState.Cancelled, AttemptState.NoChange], earlier.Select(round => round.State!.Value));
        Assert.Equal(("1. look", "The offset was one page short."), (earlier[0].Plan, earlier[0].Result!.Summary));
        Assert.Null(earlier[1].Result);
    }

    [Fact]
    public async Task ContinueAsync_AnAttemptThatWasStopped_TakesItsTurnsOverByteForByte()
    {
        var lease = await StoppedAsync();

        await Rounds.ContinueAsync(lease.TaskId, new AddedBudget(20, null, null, TimeSpan.FromSeconds(60)), "bob", CancellationToken.None);
        var claimed = (await Services.Leases.ClaimNextAsync("worker", CancellationToken.None))!;

        Assert.Equal((1, 20, TimeSpan.FromSeconds(960)), (claimed.InheritedTurns, claimed.Added.Turns, claimed.Timeout));
        Assert.Equal(
            (await Turns.ReadAsync(lease.AttemptId, CancellationToken.None)).Select(turn => (turn.Number, turn.Record)),
            (await Turns.ReadAsync(claimed.Lease.AttemptId, CancellationToken.None)).Select(turn => (turn.Number, turn.Record)));
        var detail = await Services.DetailAsync(lease.TaskId);
        Assert.Equal((1, 110L), (detail.Used.Turns, detail.Used.Tokens));
        Assert.Equal(1, detail.Attempts[^1].Continues);
    }

    [Fact]
    public async Task SubmitAsync_WithLimits_StoresThemAndAddsWhatPeopleAdd()
    {
        var submission = TaskServices.Submission() with { Limits = new TaskLimits(40, 5000, 1.5m), SubmittedBy = "alice" };
        var id = (await Services.Store.SubmitAsync(submission, CancellationToken.None)).TaskId;
        var claimed = (await Services.Leases.ClaimNextAsync("worker", CancellationToken.None))!;
        Assert.Equal((new TaskLimits(40, 5000, 1.5m), "alice"), (claimed.Limits, claimed.RequestedBy));
        await Services.Leases.FinishAsync(claimed.Lease, new AttemptOutcome(AttemptState.NoChange, "the budget is used up") { EarlyEnd = EarlyEnd.Limit }, CancellationToken.None);

        await Rounds.ContinueAsync(id, new AddedBudget(20, null, 0.5m, null), null, CancellationToken.None);

        var detail = await Services.DetailAsync(id);
        Assert.Equal((new TaskLimits(60, 5000, 2.0m), "alice", EarlyEnd.Limit), (detail.Limits, detail.SubmittedBy, detail.Attempts[0].EarlyEnd!.Value));
    }

    private async Task<AttemptLease> StoppedAsync()
    {
        var lease = await Services.SubmitAndClaimAsync();
        await Services.Leases.RecordAsync(lease, new AttemptReport(TaskEventTypes.StageStarted, "Checking out") { BaseCommit = Base }, CancellationToken.None);
        await Turns.WriteAsync(lease, 0, """{"opening":true}""", CancellationToken.None);
        await Turns.WriteAsync(lease, 1, """{"turn" : 1}""", new TokenUsage(100, 60, 10, 0.01m), CancellationToken.None);
        await Services.Leases.RecordAsync(lease, new AttemptReport(TaskEventTypes.TurnFinished, "Turn 1") { Data = new { plan = "1. look" } }, CancellationToken.None);
        await Services.Leases.FinishAsync(
            lease, new AttemptOutcome(AttemptState.Cancelled, "stopped by a person", TaskServices.Result(lease)), CancellationToken.None);
        return lease;
    }
}

internal static class TaskRoundsTestSteps
{
    /// <summary>A follow-up whose attempt finds nothing.</summary>
    public static async Task FinishNothingAsync(this AttemptLeases leases, TaskServices services, Guid taskId, string prompt)
    {
        await services.Get<TaskRounds>().FollowUpAsync(taskId, prompt, null, null, CancellationToken.None);
        var claimed = (await leases.ClaimNextAsync("worker", CancellationToken.None))!;
        await services.FinishAsync(claimed.Lease, AttemptState.NoChange);
    }
}
