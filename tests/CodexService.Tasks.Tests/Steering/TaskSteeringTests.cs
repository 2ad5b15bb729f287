using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Leases;
using CodexService.Tasks.Steering;
using CodexService.Testing;

namespace CodexService.Tasks.Tests.Steering;

public sealed class TaskSteeringTests(TasksFixture tasks) : DatabaseTest(tasks)
{
    private TaskSteering Steering => Services.Get<TaskSteering>();

    [Fact]
    public async Task ReadAsync_NobodyInterferes_SaysSo()
    {
        var lease = await Services.SubmitAndClaimAsync();

        var wanted = await Steering.ReadAsync(lease, 0, CancellationToken.None);

        Assert.Equal((false, 0, null), (wanted.PauseRequested, wanted.ReadThrough, wanted.ApprovedPlan));
        Assert.Empty(wanted.Messages);
    }

    [Fact]
    public async Task ReadAsync_Messages_GivesThoseAfterTheLastRead_AndForThisAttempt()
    {
        var id = await Services.SubmitAsync(attempts: 2);
        var leases = new List<AttemptLease>();
        foreach (var attempt in (await Services.DetailAsync(id)).Attempts)
        {
            leases.Add((await Services.Leases.ClaimAsync(attempt.Id, "worker", CancellationToken.None))!.Lease);
        }

        foreach (var (text, attempt) in new[] { ("one", (int?)null), ("two", 2), ("three", null) })
        {
            await Steering.SendAsync(id, text, attempt, CancellationToken.None);
        }

        var first = await Steering.ReadAsync(leases[0], 0, CancellationToken.None);
        var second = await Steering.ReadAsync(leases[1], 1, CancellationToken.None);

        Assert.Equal(["one", "three"], first.Messages.Select(m => m.Text));
        Assert.Equal(["two", "three"], second.Messages.Select(m => m.Text));
        Assert.Equal((3, 3), (first.ReadThrough, second.ReadThrough));
        Assert.Empty((await Steering.ReadAsync(leases[0], 3, CancellationToken.None)).Messages);
        Assert.Equal([(1, "one", null), (2, "two", 2), (3, "three", null)], (await Steering.MessagesAsync(id, CancellationToken.None))!.Select(m => (m.Number, m.Text, m.Attempt)));
        Assert.Equal(3, (await Services.DetailAsync(id)).MessageCount);
    }

    [Fact]
    public async Task SendAsync_FromManyAtOnce_NumbersWithoutAGap()
    {
        var lease = await Services.SubmitAndClaimAsync();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? Services : OtherProcess).Get<TaskSteering>().SendAsync(lease.TaskId, $"m{i}", null, CancellationToken.None)));

        Assert.Equal(Enumerable.Range(1, 20), (await Steering.MessagesAsync(lease.TaskId, CancellationToken.None))!.Select(m => m.Number));
    }

    [Fact]
    public async Task SendAsyncAndMessagesAsync_NoSuchTask_GiveNothing()
    {
        Assert.Null(await Steering.SendAsync(Guid.NewGuid(), "hello", null, CancellationToken.None));
        Assert.Null(await Steering.MessagesAsync(Guid.NewGuid(), CancellationToken.None));
    }

    [Fact]
    public async Task HeartbeatAsync_PauseRequested_SaysSo_AndCancelComesFirst()
    {
        var lease = await Services.SubmitAndClaimAsync();
        await ChangeAsync(lease, (task, now) => task.RequestPause(now));
        Assert.Equal(LeaseStanding.PauseRequested, await Services.Leases.HeartbeatAsync(lease, CancellationToken.None));

        await ChangeAsync(lease, (task, now) => task.RequestCancel(now));
        Assert.Equal(LeaseStanding.CancelRequested, await Services.Leases.HeartbeatAsync(lease, CancellationToken.None));
    }

    [Fact]
    public async Task ParkAsync_Twice_KeepsTheNewestPatch_AndTheEndReplacesIt()
    {
        var lease = await ClaimWithApprovalAsync();
        await Services.Leases.ParkAsync(lease, new AttemptParking("1. look", 0, TimeSpan.FromSeconds(5)), SoFar(lease, ""), CancellationToken.None);
        var parked = await Services.DetailAsync(lease.TaskId);
        Assert.Equal(new PlanInfo(1, "1. look", PlanState.Waiting, 1), Assert.Single(parked.Plans));
        Assert.Equal((TaskState.Paused, true), (parked.Summary.State, parked.ApprovePlan));
        await Assert.ThrowsAsync<LeaseLostException>(() => Steering.ReadAsync(lease, 0, CancellationToken.None));

        await ChangeAsync(lease, (task, now) => task.ApproveProposedPlan(new ApprovePlanRequest(), now));
        var again = (await Services.Leases.ClaimAsync(lease.AttemptId, "worker-2", CancellationToken.None))!;
        Assert.Equal((true, TimeSpan.FromSeconds(5)), (again.ApprovePlan, again.UsedTime));
        Assert.Equal("1. look", (await Steering.ReadAsync(again.Lease, 0, CancellationToken.None)).ApprovedPlan);
        await ChangeAsync(lease, (task, now) => task.RequestPause(now));
        await Services.Leases.ParkAsync(again.Lease, new AttemptParking(null, 0, TimeSpan.FromSeconds(9)), SoFar(lease, "half a patch"), CancellationToken.None);
        Assert.Equal("half a patch", (await Services.DetailAsync(lease.TaskId)).Patch);

        await ChangeAsync(lease, (task, now) => task.Resume(now));
        var last = (await Services.Leases.ClaimAsync(lease.AttemptId, "worker-3", CancellationToken.None))!.Lease;
        await Services.SucceedAsync(last);
        var ended = await Services.DetailAsync(lease.TaskId);
        Assert.Equal((TaskState.Publishing, TaskServices.Result(last).Patch), (ended.Summary.State, ended.Patch));
    }

    [Fact]
    public async Task RequestCancel_Parked_EndsAtOnceAndKeepsThePatch()
    {
        var lease = await Services.SubmitAndClaimAsync();
        await ChangeAsync(lease, (task, now) => task.RequestPause(now));
        await Services.Leases.ParkAsync(lease, new AttemptParking(null, 0, TimeSpan.Zero), SoFar(lease, "half a patch"), CancellationToken.None);

        await ChangeAsync(lease, (task, now) => task.RequestCancel(now));

        var task = await Services.DetailAsync(lease.TaskId);
        Assert.Equal((TaskState.Cancelled, "half a patch"), (task.Summary.State, task.Patch));
    }

    [Fact]
    public async Task ParkAsync_PatchThatCannotBeStored_ParksWithoutIt()
    {
        var lease = await Services.SubmitAndClaimAsync();
        await ChangeAsync(lease, (task, now) => task.RequestPause(now));
        await Services.Leases.ParkAsync(lease, new AttemptParking(null, 0, TimeSpan.Zero), SoFar(lease, "a\0b"), CancellationToken.None);
        var task = await Services.DetailAsync(lease.TaskId);
        Assert.Equal((TaskState.Paused, null), (task.Summary.State, task.Patch));
    }

    private async Task<AttemptLease> ClaimWithApprovalAsync()
    {
        var id = (await Services.Store.SubmitAsync(TaskServices.Submission() with { ApprovePlan = true }, CancellationToken.None)).TaskId;
        return (await Services.Leases.ClaimAsync((await Services.DetailAsync(id)).Attempts.Single().Id, "worker-1", CancellationToken.None))!.Lease;
    }

    private Task<CodingTask?> ChangeAsync(AttemptLease lease, Action<CodingTask, DateTimeOffset> change) =>
        Services.Store.ChangeAsync(lease.TaskId, (task, now, _) => change(task, now), CancellationToken.None);

    private static AttemptResult SoFar(AttemptLease lease, string patch) => new()
    {
        AttemptId = lease.AttemptId,
        TaskId = lease.TaskId,
        Brain = "model",
        Patch = patch,
        Title = "",
        Summary = "paused by a person",
    };
}
