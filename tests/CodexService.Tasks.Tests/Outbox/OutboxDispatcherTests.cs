using CodexService.Contracts.Messages;
using CodexService.Tasks.Outbox;
using CodexService.Testing;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.Tasks.Tests.Outbox;

/// <summary>The dispatcher over the in-memory bus of a single process.</summary>
public sealed class OutboxDispatcherTests(TasksFixture tasks) : DatabaseTest(tasks)
{
    private readonly Doorbells bells = new();

    [Fact]
    public async Task DispatchAsync_Confirmed_DeliversAndDeletes()
    {
        await using var host = await StartHostAsync();
        var attempt = await host.SubmitOneAttemptAsync();
        Assert.Equal(1, await host.DispatchAsync());
        Assert.Equal(new RunAttempt(attempt), await bells.NextAsync());
        Assert.Empty(await host.OutboxTypesAsync());
        Assert.Equal(0, await host.DispatchAsync());
    }

    [Fact]
    public async Task DispatchAsync_UnknownType_StaysAndBlocksNobody()
    {
        await using var host = await StartHostAsync();
        await Sql.ExecuteAsync(
            Services.Database,
            "INSERT INTO outbox (type, body) SELECT 'CodexService.Contracts.Messages.OfANewerVersion', '{}' FROM generate_series(1, 250)");

        var attempt = await host.SubmitOneAttemptAsync();
        Assert.Equal(1, await host.DispatchAsync());
        Assert.Equal(new RunAttempt(attempt), await bells.NextAsync());
        Assert.Equal(250, (await host.OutboxTypesAsync()).Count);
    }

    [Theory]
    [InlineData("""{"attempt_id":"not an id"}""")]
    [InlineData("null")]
    [InlineData("[]")]
    public async Task DispatchAsync_UnreadableBody_IsSetAsideAndBlocksNobody(string body)
    {
        await using var host = await StartHostAsync();
        await AddAsync(typeof(RunAttempt).FullName!, body);
        var attempt = await host.SubmitOneAttemptAsync();
        Assert.Equal(2, await host.DispatchAsync());
        Assert.Equal(new RunAttempt(attempt), await bells.NextAsync());
        Assert.Equal(["unreadable:CodexService.Contracts.Messages.RunAttempt"], await host.OutboxTypesAsync());
        Assert.Equal(0, await host.DispatchAsync());
    }

    [Fact]
    public async Task DispatchAsync_TwoProcessesAtOnce_DeliverEachMessageOnce()
    {
        await using var host = await StartHostAsync();
        var attempts = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => host.SubmitOneAttemptAsync()));
        await using var other = await StartHostAsync();
        var sent = await Task.WhenAll(host.DispatchAsync(), other.DispatchAsync(), host.DispatchAsync());
        Assert.Equal(40, sent.Sum());
        await bells.HearAllAsync(attempts);
        Assert.Empty(await host.OutboxTypesAsync());
    }

    [Fact]
    public async Task Service_WorkIsStored_SendsAtOnceWithoutWaitingForItsPoll()
    {
        // The clock stands still, so that only the wake-up can be what sends.
        await using var host = await StartHostAsync(services => services.AddSingleton<TimeProvider>(new TestClock()));
        await host.StartAsync<OutboxDispatcher>();
        var attempt = await host.SubmitOneAttemptAsync();
        Assert.Equal(new RunAttempt(attempt), await bells.NextAsync());
    }

    [Fact]
    public async Task DispatchAsync_BrokerIsNotThere_KeepsTheMessageAndSaysWhy()
    {
        var clock = new TestClock();
        await using var host = StartProcess(services => services.AddSingleton<TimeProvider>(clock), new Uri("amqp://guest:guest@127.0.0.1:1/"));
        await host.StartBusAsync();
        await host.SubmitAsync();
        var dispatch = host.DispatchAsync();
        while (!dispatch.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            await Task.WhenAny(dispatch, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None));
        }

        var problem = await Assert.ThrowsAsync<TimeoutException>(() => dispatch);
        Assert.Equal("the broker did not confirm within 15 s", problem.Message);
        Assert.Single(await host.OutboxTypesAsync());
    }

    private async Task<TaskServices> StartHostAsync(Action<IServiceCollection>? configure = null)
    {
        var host = StartProcess(services =>
        {
            bells.ListenOn(services);
            configure?.Invoke(services);
        });
        await host.StartBusAsync();

        // A queue hears only what is published after it was bound.
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3), TimeProvider.System);
        await host.Get<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, limit.Token);
        return host;
    }

    private Task<int> AddAsync(string type, string body) =>
        Sql.ExecuteAsync(Services.Database, "INSERT INTO outbox (type, body) VALUES ($1, $2::jsonb)", type, body);
}
