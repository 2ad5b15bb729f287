using CodexService.Contracts.Api;
using CodexService.Tasks.Events;
using CodexService.Tasks.Leases;
using CodexService.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.Tasks.Tests.Leases;

public sealed class StuckAttemptRescuerTests(TasksFixture tasks) : DatabaseTest(tasks)
{
    [Fact]
    public async Task RescueAsync_LeaseHolds_LeavesItAlone()
    {
        var lease = await Services.SubmitAndClaimAsync();
        Assert.Equal(0, await Services.Rescuer.RescueAsync(CancellationToken.None));
        Assert.Equal(LeaseStanding.Held, await Services.Leases.HeartbeatAsync(lease, CancellationToken.None));
    }

    [Fact]
    public async Task RescueAsync_LeaseEnded_RingsAgain()
    {
        var lease = await Services.SubmitAndClaimAsync();
        await EndLeasesAsync();
        Assert.Equal(1, await Services.Rescuer.RescueAsync(CancellationToken.None));
        Assert.Equal(TaskState.Queued, (await Services.DetailAsync(lease.TaskId)).Summary.State);
        Assert.Equal(2L, await Sql.ScalarAsync<long>(Services.Database, "SELECT count(*) FROM outbox WHERE type LIKE '%RunAttempt'"));
    }

    [Fact]
    public async Task RescueAsync_ThreeSilentWorkers_FailsWithTheReason()
    {
        var id = await Services.SubmitAsync();
        for (var claim = 1; claim <= 3; claim++)
        {
            Assert.NotNull(await Services.Leases.ClaimNextAsync($"worker-{claim}", CancellationToken.None));
            await EndLeasesAsync();
            Assert.Equal(1, await Services.Rescuer.RescueAsync(CancellationToken.None));
        }

        var detail = await Services.DetailAsync(id);
        Assert.Equal(TaskState.Failed, detail.Summary.State);
        Assert.Contains("look at the workers' logs", detail.Summary.Reason, StringComparison.Ordinal);
        Assert.Null(await Services.Leases.ClaimNextAsync("worker-4", CancellationToken.None));
    }

    [Fact]
    public async Task RescueAsync_SeveralRescuersAtOnce_RescueEachOnce()
    {
        var leases = new List<AttemptLease>();
        for (var i = 0; i < 10; i++)
        {
            leases.Add(await Services.SubmitAndClaimAsync());
        }

        await EndLeasesAsync();
        var other = OtherProcess;
        var rescued = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => (i % 2 == 0 ? Services : other).Rescuer.RescueAsync(CancellationToken.None)));
        Assert.Equal(10, rescued.Sum());
        foreach (var lease in leases)
        {
            Assert.Single(await Services.EventsAsync(lease.TaskId), e => e.Type == TaskEventTypes.AttemptRescued);
        }
    }

    [Fact]
    public async Task RescueAsync_OneTaskCannotBeSaved_RescuesTheOthers()
    {
        var broken = await Services.SubmitAndClaimAsync();
        var healthy = await Services.SubmitAndClaimAsync();
        await EndLeasesAsync();

        // Stands for any fault of one task: its next event number is taken.
        await Sql.ExecuteAsync(Services.Database, "INSERT INTO task_events (task_id, seq, type, message) VALUES ($1, 4, 'x', 'x')", broken.TaskId);
        Assert.Equal(1, await Services.Rescuer.RescueAsync(CancellationToken.None));
        Assert.Equal(TaskState.Queued, (await Services.DetailAsync(healthy.TaskId)).Summary.State);
    }

    [Fact]
    public async Task Service_AtOnceAndEveryFiveSeconds_Rescues()
    {
        var clock = new TestClock();
        await using var host = StartProcess(services => services.AddSingleton<TimeProvider>(clock));
        var first = await host.SubmitAndClaimAsync();
        await EndLeasesAsync();
        using (var changes = host.Signal.Subscribe())
        {
            await host.StartAsync<StuckAttemptRescuer>();
            await SeeRescueAsync(host, changes, first);
        }

        // The clock stands still: what is stuck from here on is for the next turn.
        var second = await host.SubmitAndClaimAsync();
        await EndLeasesAsync();
        using (var changes = host.Signal.Subscribe())
        {
            clock.Advance(new LeaseOptions().RescueInterval);
            await SeeRescueAsync(host, changes, second);
        }
    }

    private static async Task SeeRescueAsync(TaskServices host, TaskChangeSubscription changes, AttemptLease lease)
    {
        Assert.Equal(lease.TaskId, await changes.Changed.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(2)));
        Assert.Equal(TaskState.Queued, (await host.DetailAsync(lease.TaskId)).Summary.State);
    }

    private Task<int> EndLeasesAsync() =>
        Sql.ExecuteAsync(Services.Database, "UPDATE attempts SET lease_until = clock_timestamp() - interval '1 second' WHERE state = 'Running'");
}
