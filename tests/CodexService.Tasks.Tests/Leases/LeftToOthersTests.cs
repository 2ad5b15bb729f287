using CodexService.Contracts.Api;
using CodexService.Tasks.Leases;
using CodexService.Tasks.Submission;
using CodexService.Tasks.Workers;
using CodexService.Testing;

namespace CodexService.Tasks.Tests.Leases;

/// <summary>Workers of one fleet that have not the same models: who claims what.</summary>
public sealed class LeftToOthersTests(TasksFixture tasks) : DatabaseTest(tasks)
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Sql.ExecuteAsync(Services.Database, "TRUNCATE workers");
        await TellAsync("with", "small");
        await TellAsync("without");
    }

    [Theory]
    [InlineData("model")]
    [InlineData("named")]
    [InlineData("plan")]
    [InlineData("ask")]
    public async Task Claim_NeedsAModel_IsLeftToTheWorkerThatHasIt(string need)
    {
        var attempt = await SubmitAsync(need);

        Assert.Null(await ClaimNextAsync("without"));
        Assert.Null(await ClaimAsync(attempt, "without"));
        Assert.Equal(attempt, (await ClaimNextAsync("with"))?.Lease.AttemptId);
    }

    [Fact]
    public async Task Claim_NamesAModelOfAnother_IsLeftToIt()
    {
        await TellAsync("larger", "small", "LARGE");
        var attempt = await SubmitAsync(TaskServices.Submission() with { Model = "large" });

        Assert.Null(await ClaimNextAsync("with"));
        Assert.Equal(attempt, (await ClaimAsync(attempt, "larger"))?.Lease.AttemptId);
    }

    [Fact]
    public async Task Claim_BesideAModel_TheRepairAttemptIsAnybodys()
    {
        var submitted = await Services.Store.SubmitAsync(TaskServices.Submission(attempts: 2) with { Brain = BrainChoice.Both, ApprovePlan = true }, CancellationToken.None);

        Assert.Equal(BrainChoice.Repair, (await ClaimNextAsync("without"))?.Brain);
        Assert.Null(await ClaimNextAsync("without"));
        Assert.Equal(submitted.TaskId, (await ClaimNextAsync("with"))?.Lease.TaskId);
    }

    [Fact]
    public async Task ClaimNext_BehindManyThatAreLeftToOthers_TakesWhatItCan()
    {
        for (var i = 0; i < 9; i++)
        {
            await SubmitAsync("model");
        }

        var own = await SubmitAsync(TaskServices.Submission());

        Assert.Equal(own, (await ClaimNextAsync("without"))?.Lease.AttemptId);
        Assert.Null(await ClaimNextAsync("without"));
    }

    [Theory]
    [InlineData("61 seconds", false)]
    [InlineData("16 minutes", true)]
    public async Task Claim_TheOneThatHasItFellSilent_IsWaitedForAWhile(string silence, bool claimed)
    {
        await Sql.ExecuteAsync(Services.Database, $"UPDATE workers SET seen_at = clock_timestamp() - interval '{silence}' WHERE name = 'with'");
        await SubmitAsync("model");

        Assert.Equal(claimed, await ClaimNextAsync("without") is not null);
    }

    [Fact]
    public async Task Claim_NobodyCanDoIt_IsLeftToNobody()
    {
        var attempt = await SubmitAsync(TaskServices.Submission() with { Model = "large" });

        Assert.Equal(attempt, (await ClaimAsync(attempt, "without"))?.Lease.AttemptId);
    }

    [Fact]
    public async Task Claim_ByAWorkerThatNeverToldWhatItCan_LeavesNothing()
    {
        await SubmitAsync("model");

        Assert.NotNull(await ClaimNextAsync("older"));
    }

    private Task<Guid> SubmitAsync(string need) => SubmitAsync(need switch
    {
        "model" => TaskServices.Submission() with { Brain = BrainChoice.Model },
        "named" => TaskServices.Submission() with { Model = "small" },
        "plan" => TaskServices.Submission() with { ApprovePlan = true },
        _ => TaskServices.Submission() with { Kind = TaskKind.Ask },
    });

    private async Task<Guid> SubmitAsync(TaskSubmission submission)
    {
        var submitted = await Services.Store.SubmitAsync(submission, CancellationToken.None);
        return submitted.New!.Attempts.Single().Id;
    }

    private Task<ClaimedAttempt?> ClaimNextAsync(string worker) => OtherProcess.Leases.ClaimNextAsync(worker, CancellationToken.None);

    private Task<ClaimedAttempt?> ClaimAsync(Guid attempt, string worker) => OtherProcess.Leases.ClaimAsync(attempt, worker, CancellationToken.None);

    private Task TellAsync(string worker, params string[] models) =>
        Services.Get<KnownWorkers>().TellAsync(worker, new WorkerAbilities(PrefersRepair: false, models), CancellationToken.None);
}
