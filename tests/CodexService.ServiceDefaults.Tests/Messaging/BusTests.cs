using CodexService.ServiceDefaults.Configuration;
using CodexService.ServiceDefaults.Messaging;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CodexService.ServiceDefaults.Tests.Messaging;

public sealed class BusTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task InMemory_TwoConsumersOfTwoModules_HearTheirMessages()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddSingleton<Heard>();
        services.AddBusConsumer<FirstConsumer>("first", prefetch: 4);
        services.AddBusConsumer<SecondConsumer>("second", prefetch: 4);
        services.AddBus(Options(null));
        await using var provider = services.BuildServiceProvider();
        var bus = provider.GetServices<IHostedService>().Single(IsBus);
        await bus.StartAsync(CancellationToken.None);

        // A queue hears only what is published after it was bound.
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        await provider.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, limit.Token);
        await provider.GetRequiredService<IBus>().Publish(new First(1));
        await provider.GetRequiredService<IBus>().Publish(new Second(2));
        var heard = provider.GetRequiredService<Heard>();
        Assert.Equal(1, await heard.First.Task.WaitAsync(Limit));
        Assert.Equal(2, await heard.Second.Task.WaitAsync(Limit));
        await bus.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task BrokerIsNotThere_HostStartsAllTheSame()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddBus(Options(new Uri("amqp://guest:guest@127.0.0.1:1/")));
        await using var provider = services.BuildServiceProvider();
        var bus = provider.GetServices<IHostedService>().Single(IsBus);
        await bus.StartAsync(CancellationToken.None).WaitAsync(Limit);
        Assert.NotEqual(BusHealthStatus.Healthy, provider.GetRequiredService<IBusControl>().CheckHealth().Status);
        await bus.StopAsync(CancellationToken.None).WaitAsync(Limit);
    }

    private static bool IsBus(IHostedService service) => service.GetType().Namespace!.StartsWith("MassTransit", StringComparison.Ordinal);

    private static CodexOptions Options(Uri? broker) => new() { RabbitMq = broker, Data = "/nowhere", Port = 0, Brain = "auto" };

    internal sealed record First(int Number);

    internal sealed record Second(int Number);

    internal sealed class Heard
    {
        public TaskCompletionSource<int> First { get; } = new();

        public TaskCompletionSource<int> Second { get; } = new();
    }

    internal sealed class FirstConsumer(Heard heard) : IConsumer<First>
    {
        public Task Consume(ConsumeContext<First> context)
        {
            heard.First.TrySetResult(context.Message.Number);
            return Task.CompletedTask;
        }
    }

    internal sealed class SecondConsumer(Heard heard) : IConsumer<Second>
    {
        public Task Consume(ConsumeContext<Second> context)
        {
            heard.Second.TrySetResult(context.Message.Number);
            return Task.CompletedTask;
        }
    }
}
