using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Leases;
using CodexService.Testing;

namespace CodexService.Tasks.Tests.Leases;

public sealed class AttemptLeasesTests(TasksFixture tasks) : DatabaseTest(tasks)
{
    [Fact]
    public async Task ClaimAsync_Queued_GivesWhatTheWorkNeeds()
    {
        var id = await Services.SubmitAsync();
        var attempt = (await Services.DetailAsync(id)).Attempts.Single();
        var before = await NowAsync();
        var claimed = await Services.Leases.ClaimAsync(attempt.Id, "worker-1", CancellationToken.None);
        Assert.Equal(new AttemptLease(id, attempt.Id, 1), claimed!.Lease);
        Assert.Equal(("/srv/repository", "main", "python3 -m pytest -q", 1), (claimed.Repository, claimed.BaseRef, claimed.TestCommand, claimed.Number));
        Assert.Equal(TimeSpan.FromMinutes(15), claimed.Timeout);
        Assert.Equal((null, null), (claimed.Template, claimed.Model));
        Assert.InRange(await LeaseBeginAsync(claimed.Lease), before, await NowAsync());
    }

    [Fact]
    public async Task ClaimAsync_TaskThatNamesTemplateAndModel_HandsBothOver()
    {
        var submission = TaskServices.Submission() with { Template = "tests", Model = "large" };
        var id = (await Services.Store.SubmitAsync(submission, CancellationToken.None)).TaskId;
        var task = await Services.DetailAsync(id);
        var claimed = await OtherProcess.Leases.ClaimAsync(task.Attempts.Single().Id, "worker-1", CancellationToken.None);
        Assert.Equal(("tests", "large"), (task.Template, task.Model));
        Assert.Equal(("tests", "large"), (claimed!.Template, claimed.Model));
    }

    [Fact]
    public async Task ClaimAsync_SameDeliveryAHundredTimesAtOnce_IsClaimedOnce()
    {
        var id = await Services.SubmitAsync();
        var attempt = (await Services.DetailAsync(id)).Attempts.Single().Id;
        var claims = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Services.Leases.ClaimAsync(attempt, $"worker-{i}", CancellationToken.None)));
        Assert.Single(claims, claim => claim is not null);
        Assert.Single(await Services.EventsAsync(id), e => e.Type == TaskEventTypes.AttemptClaimed);
    }

    [Fact]
    public async Task ClaimAsync_UnknownAttempt_GivesNothing() =>
        Assert.Null(await Services.Leases.ClaimAsync(Guid.NewGuid(), "worker-1", CancellationToken.None));

    [Theory]
    [InlineData(2)]
    [InlineData(12)]
    public async Task ClaimNextAsync_WorkersRaceOverFiftyAttempts_EachIsTakenOnceAndNobodyGivesUpEarly(int workers)
    {
        for (var i = 0; i < 25; i++)
        {
            await Services.SubmitAsync(attempts: 2);
        }

        // Two processes, so that nothing but the database keeps them apart.
        var other = OtherProcess;
        var claimed = await Task.WhenAll(Enumerable.Range(0, workers).Select(async worker =>
        {
            var leases = (worker % 2 == 0 ? Services : other).Leases;
            var mine = new List<Guid>();
            while (await leases.ClaimNextAsync($"worker-{worker}", CancellationToken.None) is { } claim)
            {
                mine.Add(claim.Lease.AttemptId);
            }

            return mine;
        }));
        var all = claimed.SelectMany(ids => ids).ToList();
        Assert.Equal((50, 50), (all.Count, all.Distinct().Count()));
        Assert.Equal(0L, await Sql.ScalarAsync<long>(Services.Database, "SELECT count(*) FROM attempts WHERE state = 'Queued'"));
    }

    [Fact]
    public async Task ClaimNextAsync_Several_TakesTheOldest()
    {
        var first = await Services.SubmitAsync();
        await Services.SubmitAsync();
        Assert.Equal(first, (await Services.Leases.ClaimNextAsync("worker-1", CancellationToken.None))!.Lease.TaskId);
    }

    [Fact]
    public async Task ClaimNextAsync_OldestIsLockedByAnother_TakesTheNextWithoutWaiting()
    {
        var locked = await Services.SubmitAsync();
        var free = await Services.SubmitAsync();
        await using var connection = new Npgsql.NpgsqlConnection(Services.Database);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var take = new Npgsql.NpgsqlCommand($"SELECT 1 FROM attempts WHERE task_id = '{locked}' FOR UPDATE", connection, transaction))
        {
            await take.ExecuteNonQueryAsync();
        }

        Assert.Equal(free, (await Services.Leases.ClaimNextAsync("worker-1", CancellationToken.None))!.Lease.TaskId);
        Assert.Null(await Services.Leases.ClaimNextAsync("worker-1", CancellationToken.None));
    }

    [Fact]
    public async Task HeartbeatAsync_Holder_RenewsOnTheDatabasesClock()
    {
        var lease = await Services.SubmitAndClaimAsync();
        await EndLeaseAsync(lease);
        var before = await NowAsync();
        Assert.Equal(LeaseStanding.Held, await Services.Leases.HeartbeatAsync(lease, CancellationToken.None));
        Assert.InRange(await LeaseBeginAsync(lease), before, await NowAsync());
    }

    [Fact]
    public async Task HeartbeatAsync_PersonAskedToStop_Tells()
    {
        var lease = await Services.SubmitAndClaimAsync();
        await Services.Store.ChangeAsync(lease.TaskId, (task, now, _) => task.RequestCancel(now), CancellationToken.None);
        Assert.Equal(LeaseStanding.CancelRequested, await Services.Leases.HeartbeatAsync(lease, CancellationToken.None));
    }

    [Fact]
    public async Task HeartbeatAsync_StaleOrEnded_IsLost()
    {
        var stale = await Services.SubmitAndClaimAsync();
        await EndLeaseAsync(stale);
        await Services.Rescuer.RescueAsync(CancellationToken.None);
        Assert.Equal(LeaseStanding.Lost, await Services.Leases.HeartbeatAsync(stale, CancellationToken.None));
        var current = (await Services.Leases.ClaimAsync(stale.AttemptId, "worker-2", CancellationToken.None))!.Lease;
        Assert.Equal(LeaseStanding.Lost, await Services.Leases.HeartbeatAsync(stale, CancellationToken.None));
        await Services.FinishAsync(current, AttemptState.NoChange);
        Assert.Equal(LeaseStanding.Lost, await Services.Leases.HeartbeatAsync(current, CancellationToken.None));
    }

    [Fact]
    public async Task AnyWrite_OfAStaleHolder_IsRefusedAndChangesNothing()
    {
        var stale = await Services.SubmitAndClaimAsync();
        await EndLeaseAsync(stale);
        await Services.Rescuer.RescueAsync(CancellationToken.None);
        await Services.Leases.ClaimAsync(stale.AttemptId, "worker-2", CancellationToken.None);
        var before = await Services.DetailAsync(stale.TaskId);
        await Assert.ThrowsAsync<LeaseLostException>(() => Services.SucceedAsync(stale));
        await Assert.ThrowsAsync<LeaseLostException>(() => Services.Leases.ReleaseAsync(stale, CancellationToken.None));
        await Assert.ThrowsAsync<LeaseLostException>(() => Services.Leases.RecordAsync(
            stale, new AttemptReport(TaskEventTypes.Progressed, "late") { CandidatesTried = 7 }, CancellationToken.None));
        Assert.Equivalent(before, await Services.DetailAsync(stale.TaskId), strict: true);
        Assert.Equal(0L, await Sql.ScalarAsync<long>(Services.Database, "SELECT count(*) FROM attempt_results"));
    }

    [Fact]
    public async Task FinishAsync_SuccessOfOneOfThree_StoresPatchAndProofAndTheOthersGoOn()
    {
        var id = await Services.SubmitAsync(attempts: 3);
        var leases = await ClaimAllAsync(id);
        await Services.SucceedAsync(leases[1]);
        var detail = await Services.DetailAsync(id);
        Assert.Equal(TaskState.Running, detail.Summary.State);
        Assert.Equal([AttemptState.Running, AttemptState.Succeeded, AttemptState.Running], detail.Attempts.Select(a => a.State));
        Assert.Equal(LeaseStanding.Held, await Services.Leases.HeartbeatAsync(leases[0], CancellationToken.None));
        await Services.FinishAsync(leases[0], AttemptState.NoChange);
        await Services.FinishAsync(leases[2], AttemptState.Failed);
        detail = await Services.DetailAsync(id);
        Assert.Equal(TaskState.Publishing, detail.Summary.State);
        Assert.Equal(["test_page_2"], detail.Verification!.FailToPass);
        Assert.StartsWith("--- a/app.py", detail.Patch, StringComparison.Ordinal);
        Assert.Equal("1 passed", await Services.Reader.EvidenceAsync(id, 1, CancellationToken.None));
    }

    [Fact]
    public async Task FinishAsync_AllSucceedAtOnce_OneIsChosenOnce()
    {
        var id = await Services.SubmitAsync(attempts: 8);
        var leases = await ClaimAllAsync(id);
        var other = OtherProcess;
        await Task.WhenAll(leases.Select((lease, index) => (index % 2 == 0 ? Services : other).SucceedAsync(lease, lines: index == 5 ? 3 : 4)));
        var detail = await Services.DetailAsync(id);
        Assert.Equal(6, Assert.Single(detail.Attempts, a => a.IsChosen).Number);
        Assert.Equal([6, 1, 2, 3, 4, 5, 7, 8], detail.Attempts.OrderBy(a => a.Rank).Select(a => a.Number));
        Assert.Equal(1L, await Sql.ScalarAsync<long>(Services.Database, "SELECT count(*) FROM outbox WHERE type LIKE '%PatchVerified'"));
    }

    [Fact]
    public async Task FinishAsync_HostileText_EndsTheAttemptAllTheSame()
    {
        var lease = await Services.SubmitAndClaimAsync();
        var result = new AttemptResult
        {
            AttemptId = lease.AttemptId,
            TaskId = lease.TaskId,
            Brain = "model",
            Patch = "--- a/x\n+++ b/x\n",
            Title = "one\ntwo\0",
            Summary = "half a pair \ud83d and NUL \0",
            Verification = """{"verified":false,"reason":"\u0000","fail_to_pass":[],"pass_to_pass":0,"broken":[],"still_failing":[],"flaky":[],"commands":[]}""",
        };
        await Services.Leases.FinishAsync(lease, new AttemptOutcome(AttemptState.NoChange, "a\0b", result, ["out\0put \ude42"]), CancellationToken.None);
        var detail = await Services.DetailAsync(lease.TaskId);
        Assert.Equal((TaskState.NoChange, "a b", "half a pair \uFFFD and NUL \uFFFD"), (detail.Summary.State, detail.Summary.Reason, detail.ResultSummary));
        Assert.Equal("out\uFFFDput \uFFFD", await Services.Reader.EvidenceAsync(lease.TaskId, 0, CancellationToken.None));
    }

    [Fact]
    public async Task FinishAsync_PatchThatCannotBeStoredExactly_FailsInsteadOfAlteringIt()
    {
        var lease = await Services.SubmitAndClaimAsync();
        var good = TaskServices.Result(lease);
        var hostile = new AttemptResult { AttemptId = good.AttemptId, TaskId = good.TaskId, Brain = "repair", Patch = "+\0\n", Title = "t", Summary = "s" };
        await Services.Leases.FinishAsync(lease, new AttemptOutcome(AttemptState.Succeeded, "verified", hostile), CancellationToken.None);
        var detail = await Services.DetailAsync(lease.TaskId);
        Assert.Equal(TaskState.Failed, detail.Summary.State);
        Assert.Contains("cannot be stored", detail.Summary.Reason, StringComparison.Ordinal);
        Assert.Null(detail.Patch);
    }

    [Fact]
    public async Task FinishAsync_StoppedWithPartialPatch_KeepsIt()
    {
        var lease = await Services.SubmitAndClaimAsync();
        await Services.Leases.FinishAsync(lease, new AttemptOutcome(AttemptState.TimedOut, "15 minutes are over", TaskServices.Result(lease)), CancellationToken.None);
        Assert.StartsWith("--- a/app.py", (await Services.DetailAsync(lease.TaskId)).Patch, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReleaseAsync_ThenClaim_GoesOnWithANewEpoch()
    {
        var lease = await Services.SubmitAndClaimAsync();
        await Services.Leases.ReleaseAsync(lease, CancellationToken.None);
        var again = await Services.Leases.ClaimNextAsync("worker-2", CancellationToken.None);
        Assert.Equal(lease with { Epoch = 2 }, again!.Lease);
    }

    [Fact]
    public async Task Cancel_WhileRunning_EndsWithTheWorkersAnswer()
    {
        var lease = await Services.SubmitAndClaimAsync();
        await Services.Store.ChangeAsync(lease.TaskId, (task, now, _) => task.RequestCancel(now), CancellationToken.None);
        Assert.True((await Services.DetailAsync(lease.TaskId)).CancelRequested);
        await Services.FinishAsync(lease, AttemptState.Cancelled, "stopped by a person");
        Assert.Equal(TaskState.Cancelled, (await Services.DetailAsync(lease.TaskId)).Summary.State);
    }

    private async Task<AttemptLease[]> ClaimAllAsync(Guid id)
    {
        var attempts = (await Services.DetailAsync(id)).Attempts;
        return await Task.WhenAll(attempts.Select(async a => (await Services.Leases.ClaimAsync(a.Id, "worker-1", CancellationToken.None))!.Lease));
    }

    private Task<int> EndLeaseAsync(AttemptLease lease) =>
        Sql.ExecuteAsync(Services.Database, "UPDATE attempts SET lease_until = clock_timestamp() - interval '1 second' WHERE id = $1", lease.AttemptId);

    // A lease lasts 45 s.
    private Task<DateTime> LeaseBeginAsync(AttemptLease lease) =>
        Sql.ScalarAsync<DateTime>(Services.Database, "SELECT lease_until - interval '45 seconds' FROM attempts WHERE id = $1", lease.AttemptId);

    private Task<DateTime> NowAsync() => Sql.ScalarAsync<DateTime>(Services.Database, "SELECT clock_timestamp()");
}
