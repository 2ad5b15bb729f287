using CodexService.PullRequests.Pending;
using CodexService.Testing;

namespace CodexService.PullRequests.Tests.Pending;

/// <summary>Two processes on one database, and the tasks that they work on.</summary>
public sealed class OneAtATimeTests : IAsyncLifetime
{
    private readonly PostgresFixture postgres = new();
    private TaskServices? one;
    private TaskServices? other;

    public async Task InitializeAsync()
    {
        var database = await postgres.CreateDatabaseAsync();
        (one, other) = (new TaskServices(database), new TaskServices(database));
    }

    public async Task DisposeAsync()
    {
        await one!.DisposeAsync();
        await other!.DisposeAsync();
        await postgres.DisposeAsync();
    }

    [Fact]
    public async Task RunAsync_AnotherProcessIsAtTheTask_DoesNothingUntilThatHasEnded()
    {
        var (here, there) = (new OneAtATime(one!.Contexts), new OneAtATime(other!.Contexts));
        var (task, done) = (Guid.NewGuid(), new List<string>());
        TaskCompletionSource begun = new(), end = new();
        var first = here.RunAsync(
            task,
            async () =>
            {
                begun.SetResult();
                await end.Task;
                done.Add("first");
            },
            default);
        await begun.Task;

        await there.RunAsync(task, Done("second"), default);
        await here.RunAsync(task, Done("third"), default);
        await there.RunAsync(Guid.NewGuid(), Done("another task"), default);
        end.SetResult();
        await first;
        await there.RunAsync(task, Done("afterwards"), default);

        Assert.Equal(["another task", "first", "afterwards"], done);

        Func<Task> Done(string what) => () =>
        {
            done.Add(what);
            return Task.CompletedTask;
        };
    }

    [Fact]
    public async Task RunAsync_WorkThatFails_LeavesTheTaskToOthers()
    {
        var (here, there) = (new OneAtATime(one!.Contexts), new OneAtATime(other!.Contexts));
        var (task, done) = (Guid.NewGuid(), false);
        await Assert.ThrowsAsync<InvalidOperationException>(() => here.RunAsync(task, () => throw new InvalidOperationException("killed"), default));

        await there.RunAsync(task, () => Task.FromResult(done = true), default);

        Assert.True(done);
    }
}
