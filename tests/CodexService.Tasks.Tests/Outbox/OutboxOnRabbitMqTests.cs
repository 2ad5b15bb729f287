using CodexService.Contracts.Messages;
using CodexService.Tasks.Outbox;
using CodexService.Testing;
using MassTransit;

namespace CodexService.Tasks.Tests.Outbox;

/// <summary>The dispatcher over a real broker, one process writing and another hearing.</summary>
public sealed class OutboxOnRabbitMqTests(TasksFixture tasks, RabbitMqFixture rabbitMq) : DatabaseTest(tasks), IClassFixture<RabbitMqFixture>
{
    private readonly Doorbells bells = new();

    [Fact]
    public async Task Dispatcher_RealBroker_DeliversToAnotherProcess()
    {
        await using var worker = await StartWorkerAsync();
        await using var api = await StartApiAsync();
        var attempt = await api.SubmitOneAttemptAsync();
        Assert.Equal(new RunAttempt(attempt), await bells.NextAsync());
    }

    [Fact]
    public async Task Dispatcher_BrokerIsKilledInBetween_LosesNothing()
    {
        await using var worker = await StartWorkerAsync();
        await using var api = await StartApiAsync();
        var before = await api.SubmitOneAttemptAsync();
        Assert.Equal(new RunAttempt(before), await bells.NextAsync());

        await rabbitMq.KillAsync();
        var attempt = await api.SubmitOneAttemptAsync();
        await rabbitMq.StartAgainAsync();

        // What was heard before may come again; what waited has to come.
        try
        {
            await bells.HearAllAsync([attempt]);
        }
        catch (TimeoutException e)
        {
            var stored = string.Join(", ", await api.OutboxTypesAsync());
            throw new InvalidOperationException($"Nothing was heard. Outbox: {stored}. Broker: {await rabbitMq.DescribeAsync()}", e);
        }
    }

    private async Task<TaskServices> StartWorkerAsync()
    {
        var worker = StartProcess(bells.ListenOn, rabbitMq.Address);
        await worker.StartBusAsync();

        // A queue hears only what is published after it was bound.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        await worker.Get<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, limit.Token);
        return worker;
    }

    private async Task<TaskServices> StartApiAsync()
    {
        var api = StartProcess(broker: rabbitMq.Address);
        await api.StartBusAsync();
        await api.StartAsync<OutboxDispatcher>();
        return api;
    }
}
