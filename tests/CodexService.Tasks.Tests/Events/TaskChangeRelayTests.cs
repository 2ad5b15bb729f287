using CodexService.Tasks.Events;
using CodexService.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CodexService.Tasks.Tests.Events;

/// <summary>Two compositions on one database are two processes.</summary>
public sealed class TaskChangeRelayTests(TasksFixture tasks) : DatabaseTest(tasks)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly TestClock clock = new();

    // Tells this test's connections from those that an earlier test closed a moment ago.
    private readonly string name = $"relay {Guid.NewGuid():N}";

    [Fact]
    public async Task Signal_SameProcess_WakesAtOnce()
    {
        using var changes = Services.Signal.Subscribe();
        var id = await Services.SubmitAsync();
        Assert.True(changes.Changed.TryRead(out var changed));
        Assert.Equal(id, changed);
    }

    [Fact]
    public async Task Signal_AfterDispose_IsSilent()
    {
        var changes = Services.Signal.Subscribe();
        changes.Dispose();
        await Services.SubmitAsync();
        Assert.False(changes.Changed.TryRead(out _));
    }

    [Fact]
    public async Task Relay_ChangeInAnotherProcess_WakesHere()
    {
        await using var other = await StartRelayAsync();
        await using var here = await StartRelayAsync();
        await SeeChangeAsync(other, here);
        await SeeChangeAsync(here, other);
    }

    [Fact]
    public async Task Relay_OwnChange_WakesItselfOnce()
    {
        await using var other = await StartRelayAsync();
        await using var here = await StartRelayAsync();
        await SeeChangeAsync(other, here);
        using var changes = here.Signal.Subscribe();
        var own = await here.SubmitAsync();
        await SeeChangeAsync(other, here, changes, own);
    }

    [Fact]
    public async Task Relay_ManyChangesAtOnce_AllArrive()
    {
        await using var other = await StartRelayAsync();
        await using var here = await StartRelayAsync();
        await SeeChangeAsync(other, here);
        using var changes = here.Signal.Subscribe();
        var missing = (await Task.WhenAll(Enumerable.Range(0, 220).Select(_ => other.SubmitAsync()))).ToHashSet();
        while (missing.Count > 0)
        {
            missing.Remove(await changes.Changed.ReadAsync().AsTask().WaitAsync(Limit));
        }
    }

    [Fact]
    public async Task Relay_ConnectionsTerminated_ComesBack()
    {
        await using var other = await StartRelayAsync();
        await using var here = await StartRelayAsync();
        await SeeChangeAsync(other, here);
        await SeeChangeAsync(here, other);
        Assert.Equal(2L, await Sql.ScalarAsync<long>(
            Services.Database,
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1 AND query LIKE 'LISTEN%'",
            name));
        await SeeChangeAsync(other, here);
        await SeeChangeAsync(here, other);
    }

    [Fact]
    public async Task WaitAsync_OtherTasksChange_WaitsForTheOneOrTheLimit()
    {
        using var changes = Services.Signal.Subscribe();
        await Services.SubmitAsync();
        var wait = changes.WaitAsync(Guid.NewGuid(), TimeSpan.FromSeconds(2), clock, CancellationToken.None);
        Assert.False(wait.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(2));
        await wait.WaitAsync(Limit);

        using var stop = new CancellationTokenSource();
        var stopped = changes.WaitAsync(Guid.NewGuid(), TimeSpan.FromSeconds(2), clock, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped);
    }

    private async Task<TaskServices> StartRelayAsync()
    {
        var database = new NpgsqlConnectionStringBuilder(Services.Database) { ApplicationName = name }.ConnectionString;
        var services = new TaskServices(database, configure => configure.AddSingleton<TimeProvider>(clock));
        await services.StartAsync<TaskChangeRelay>();
        return services;
    }

    // Changes tasks in one process until the other hears of one: how long its listener takes to be there is not the point.
    private async Task SeeChangeAsync(TaskServices from, TaskServices to)
    {
        using var changes = to.Signal.Subscribe();
        await SeeChangeAsync(from, to, changes, expectedBefore: null);
    }

    private async Task SeeChangeAsync(TaskServices from, TaskServices to, TaskChangeSubscription changes, Guid? expectedBefore)
    {
        Assert.NotSame(from, to);
        var made = new HashSet<Guid>();
        var before = 0;
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < Limit)
        {
            made.Add(await from.SubmitAsync());
            clock.Advance(TimeSpan.FromSeconds(1));
            var deadline = Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
            while (await Task.WhenAny(changes.Changed.WaitToReadAsync().AsTask(), deadline) != deadline && changes.Changed.TryRead(out var id))
            {
                before += id == expectedBefore ? 1 : 0;
                if (made.Contains(id))
                {
                    Assert.Equal(expectedBefore is null ? 0 : 1, before);
                    return;
                }
            }
        }

        Assert.Fail("No change of the other process arrived.");
    }
}
