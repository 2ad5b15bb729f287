using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Leases;
using CodexService.Tasks.Submission;
using CodexService.Testing;

namespace CodexService.Tasks.Tests.Choice;

/// <summary>Attempts that differ and the choice among them, in the database.</summary>
public sealed class StoredChoiceTests(TasksFixture tasks) : DatabaseTest(tasks)
{
    [Fact]
    public async Task ClaimAsync_BothBrainsAndTwoModels_HandsOverWhatEachWorksWith()
    {
        var claimed = await ClaimAllAsync(TaskServices.Submission(6) with { Brain = BrainChoice.Both, Models = ["a", "b"] });
        Assert.Equal(
            [(BrainChoice.Repair, null, 0), (BrainChoice.Model, "a", 0), (BrainChoice.Model, "b", 0), (BrainChoice.Model, "a", 1), (BrainChoice.Model, "b", 1), (BrainChoice.Model, "a", 2)],
            claimed.Select(claim => (claim.Brain, claim.Model, claim.EarlierAlike)));
        Assert.All(claimed, claim => Assert.True(claim.BesideRepair));
        var attempts = (await Services.DetailAsync(claimed[0].Lease.TaskId)).Attempts;
        Assert.Equal(["repair", "model", "model", "model", "model", "model"], attempts.Select(attempt => attempt.Brain));
        Assert.Equal([null, "a", "b", "a", "b", "a"], attempts.Select(attempt => attempt.Model));
    }

    [Fact]
    public async Task ClaimAsync_AfterARetry_TheTemperatureBeginsAgain()
    {
        var first = await ClaimAllAsync(TaskServices.Submission(2));
        foreach (var claim in first)
        {
            await Services.FinishAsync(claim.Lease, AttemptState.NoChange);
        }

        var id = first[0].Lease.TaskId;
        await Services.Store.ChangeAsync(id, (task, _, _) => task.Retry(), CancellationToken.None);
        var second = await ClaimWaitingAsync(id);
        Assert.Equal([0, 1], first.Select(claim => claim.EarlierAlike));
        Assert.Equal([(3, 0), (4, 1)], second.Select(claim => (claim.Number, claim.EarlierAlike)));
    }

    [Fact]
    public async Task AgreeOnBaseAsync_TheBaseMovesBetweenTwoAttempts_BothStartFromTheFirst()
    {
        var claimed = await ClaimAllAsync(TaskServices.Submission(2));
        Assert.All(claimed, claim => Assert.True(claim is { IsOneOfSeveral: true, BaseCommit: null }));
        Assert.Equal("aaa", await Services.Leases.AgreeOnBaseAsync(claimed[1].Lease, "aaa", CancellationToken.None));
        Assert.Equal("aaa", await OtherProcess.Leases.AgreeOnBaseAsync(claimed[0].Lease, "bbb", CancellationToken.None));
        Assert.Equal("aaa", (await Services.DetailAsync(claimed[0].Lease.TaskId)).BaseCommit);
        Assert.False((await ClaimAllAsync(TaskServices.Submission()))[0].IsOneOfSeveral);
        await Services.FinishAsync(claimed[0].Lease, AttemptState.NoChange);
        await Assert.ThrowsAsync<LeaseLostException>(() => Services.Leases.AgreeOnBaseAsync(claimed[0].Lease, "ccc", CancellationToken.None));
    }

    [Fact]
    public async Task FinishAsync_TwoVerified_TheSmallerWinsAndEachKeepsItsFacts()
    {
        var claimed = await ClaimAllAsync(TaskServices.Submission(3));
        await Services.Leases.RecordAsync(claimed[1].Lease, new AttemptReport(TaskEventTypes.StageStarted, "Asking") { Temperature = 0.35f }, CancellationToken.None);
        await Services.SucceedAsync(claimed[0].Lease, lines: 9);
        Assert.Equal(TaskState.Running, (await Services.DetailAsync(claimed[0].Lease.TaskId)).Summary.State);
        await Services.SucceedAsync(claimed[1].Lease, lines: 4);
        await Services.FinishAsync(claimed[2].Lease, AttemptState.NoChange);

        var task = await OtherProcess.DetailAsync(claimed[0].Lease.TaskId);
        Assert.Equal(TaskState.Publishing, task.Summary.State);
        Assert.Equal([(false, 2, 9), (true, 1, 4), (false, null, null)], task.Attempts.Select(attempt => (attempt.IsChosen, attempt.Rank, attempt.PatchLines)));
        Assert.Equal([(true, 13, 0, 0), (true, 13, 0, 0), (false, null, null, null)], task.Attempts.Select(attempt => (attempt.Verified, attempt.TestsPassed, attempt.Regressions, attempt.StillFailing)));
        Assert.Equal([null, 0.35, null], task.Attempts.Select(attempt => attempt.Temperature));
        Assert.Equal("repair", task.Attempts[0].Brain);
        Assert.Equal("auto", task.Attempts[2].Brain);
        Assert.True(task.Attempts[0].Usage!.WallSeconds > 0);
        Assert.Contains("+x = 2\n+x = 2\n+x = 2\n", task.Patch, StringComparison.Ordinal);
        Assert.Contains(await Services.EventsAsync(task.Summary.Id), entry => entry.Message == "Chosen: attempt 2 of 3: 13 tests pass, none broken, smallest patch (4 lines)");
    }

    [Fact]
    public async Task Choose_WhileAnotherRuns_ItsHolderIsToldToStopAndItsPartialPatchIsKept()
    {
        var claimed = await ClaimAllAsync(TaskServices.Submission(2));
        var (id, first, second) = (claimed[0].Lease.TaskId, claimed[0].Lease, claimed[1].Lease);
        await Services.SucceedAsync(first, lines: 9);
        Assert.Equal(LeaseStanding.Held, await Services.Leases.HeartbeatAsync(second, CancellationToken.None));
        await OtherProcess.Store.ChangeAsync(id, (task, now, _) => task.Choose(1, now), CancellationToken.None);
        Assert.Equal(LeaseStanding.CancelRequested, await Services.Leases.HeartbeatAsync(second, CancellationToken.None));
        await Services.Leases.FinishAsync(second, new AttemptOutcome(AttemptState.Cancelled, "stopped by a person", TaskServices.Result(second, lines: 3)), CancellationToken.None);

        var task = await Services.DetailAsync(id);
        Assert.Equal((TaskState.Publishing, AttemptState.Cancelled), (task.Summary.State, task.Attempts[1].State));
        Assert.Equal("stopped, as a person chose attempt 1", task.Attempts[1].Reason);
        var partial = await Attempts.DetailAsync(id, 2, CancellationToken.None);
        Assert.Equal((3, false, TaskServices.Result(second, lines: 3).Patch), (partial!.Attempt.PatchLines, partial.Attempt.Verified, partial.Patch));
    }

    [Fact]
    public async Task Choose_AfterTheEnd_TheTaskShowsTheOtherPatch()
    {
        var claimed = await ClaimAllAsync(TaskServices.Submission(2));
        var id = claimed[0].Lease.TaskId;
        await Services.SucceedAsync(claimed[0].Lease, lines: 9);
        await Services.SucceedAsync(claimed[1].Lease, lines: 4);
        await Services.OpenPullRequestAsync(id);
        await Services.Store.ChangeAsync(id, (task, now, _) => task.Choose(1, now), CancellationToken.None);
        var after = await OtherProcess.DetailAsync(id);
        Assert.Equal((TaskState.Publishing, true, TaskServices.Result(claimed[0].Lease, lines: 9).Patch), (after.Summary.State, after.Attempts[0].IsChosen, after.Patch));
        Assert.Equal(2L, await Sql.ScalarAsync<long>(Services.Database, "SELECT count(*) FROM outbox WHERE type LIKE '%PatchVerified'"));
    }

    [Fact]
    public async Task AttemptReader_AnyAttempt_GivesItsOwnPatchSummaryAndEvidence()
    {
        var claimed = await ClaimAllAsync(TaskServices.Submission(2));
        var id = claimed[0].Lease.TaskId;
        await Services.SucceedAsync(claimed[0].Lease, lines: 9);
        var detail = await Attempts.DetailAsync(id, 1, CancellationToken.None);
        Assert.Equal(("Fix the pagination of users", "The offset was one page short.", 2), (detail!.Title, detail.Summary, detail.Verification!.Commands.Count));
        Assert.Equal(TaskServices.Result(claimed[0].Lease, lines: 9).Patch, (await Attempts.ResultAsync(id, 1, CancellationToken.None))!.Patch);
        Assert.Equal("1 passed", await Attempts.EvidenceAsync(id, 1, 1, CancellationToken.None));

        var running = await Attempts.DetailAsync(id, 2, CancellationToken.None);
        Assert.Equal((AttemptState.Running, null, null, null), (running!.Attempt.State, running.Patch, running.Summary, running.Verification));
        Assert.Null(await Attempts.ResultAsync(id, 2, CancellationToken.None));
        Assert.Null(await Attempts.EvidenceAsync(id, 2, 0, CancellationToken.None));
        Assert.Null(await Attempts.EvidenceAsync(id, 1, 2, CancellationToken.None));
        Assert.Null(await Attempts.DetailAsync(id, 3, CancellationToken.None));
        Assert.Null(await Attempts.DetailAsync(Guid.NewGuid(), 1, CancellationToken.None));
    }

    private CodexService.Tasks.Reading.AttemptReader Attempts => Services.Get<CodexService.Tasks.Reading.AttemptReader>();

    private async Task<List<ClaimedAttempt>> ClaimAllAsync(TaskSubmission submission) =>
        await ClaimWaitingAsync((await Services.Store.SubmitAsync(submission, CancellationToken.None)).TaskId);

    private async Task<List<ClaimedAttempt>> ClaimWaitingAsync(Guid id)
    {
        var claimed = new List<ClaimedAttempt>();
        foreach (var attempt in (await Services.DetailAsync(id)).Attempts.Where(attempt => attempt.State == AttemptState.Queued))
        {
            claimed.Add((await Services.Leases.ClaimAsync(attempt.Id, "worker-1", CancellationToken.None))!);
        }

        return claimed;
    }
}
