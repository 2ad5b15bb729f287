using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Leases;
using CodexService.Tasks.Turns;
using CodexService.Testing;

namespace CodexService.Tasks.Tests.Turns;

public sealed class AttemptTurnsTests(TasksFixture tasks) : DatabaseTest(tasks)
{
    private AttemptTurns Turns => Services.Get<AttemptTurns>();

    [Fact]
    public async Task WriteAsync_ThenRead_ComesBackInOrderAndByteForByte()
    {
        var lease = await Services.SubmitAndClaimAsync();
        await Turns.WriteAsync(lease, 0, """{"a" : "\u0000é\ud83d\ude00"}""", CancellationToken.None);
        await Turns.WriteAsync(lease, 2, """{"two":2}""", CancellationToken.None);
        await Turns.WriteAsync(lease, 1, """{"one":1}""", CancellationToken.None);

        var read = await Turns.ReadAsync(lease.AttemptId, CancellationToken.None);

        Assert.Equal([0, 1, 2], read.Select(turn => turn.Number));
        Assert.Equal("""{"a" : "\u0000é\ud83d\ude00"}""", read[0].Record);
    }

    [Fact]
    public async Task WriteAsync_SameNumber_TakesThePlaceOfTheEarlier()
    {
        var lease = await Services.SubmitAndClaimAsync();
        await Turns.WriteAsync(lease, 1, "{}", CancellationToken.None);
        await Turns.WriteAsync(lease, 1, """{"results":[]}""", CancellationToken.None);

        Assert.Equal("""{"results":[]}""", Assert.Single(await Turns.ReadAsync(lease.AttemptId, CancellationToken.None)).Record);
    }

    [Fact]
    public async Task WriteAsync_AfterARescue_IsRefusedForTheOldHolderAndReadByTheNew()
    {
        var stale = await Services.SubmitAndClaimAsync();
        await Turns.WriteAsync(stale, 1, "{}", CancellationToken.None);
        await Sql.ExecuteAsync(Services.Database, "UPDATE attempts SET lease_until = now() - interval '1 minute'");
        await Services.Rescuer.RescueAsync(CancellationToken.None);
        var current = (await Services.Leases.ClaimAsync(stale.AttemptId, "worker-2", CancellationToken.None))!.Lease;

        await Assert.ThrowsAsync<LeaseLostException>(() => Turns.WriteAsync(stale, 2, "{}", CancellationToken.None));

        Assert.Single(await Turns.ReadAsync(current.AttemptId, CancellationToken.None));
    }

    [Fact]
    public async Task RecordAsync_Usage_IsTheTasksAndCountsEveryAttempt()
    {
        var id = await Services.SubmitAsync(attempts: 2);
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var lease = (await Services.Leases.ClaimNextAsync("worker", CancellationToken.None))!.Lease;
            foreach (var total in new[] { new TokenUsage(10, 5, 1, 0.1m), new TokenUsage(30, 20, 4, 0.25m) })
            {
                await Services.Leases.RecordAsync(lease, new AttemptReport(TaskEventTypes.TurnFinished, "Turn") { Usage = total }, CancellationToken.None);
            }
        }

        var usage = (await Services.DetailAsync(id)).Usage;
        Assert.Equal((60L, 40L, 8L, 0.5m), (usage.InputTokens, usage.CachedInputTokens, usage.OutputTokens, usage.Cost));
    }
}
