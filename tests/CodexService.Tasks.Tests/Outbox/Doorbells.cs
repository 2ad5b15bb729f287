using System.Threading.Channels;
using CodexService.Contracts.Messages;
using CodexService.ServiceDefaults.Messaging;
using CodexService.Tasks.Outbox;
using CodexService.Testing;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.Tasks.Tests.Outbox;

/// <summary>Hears the messages that arrive on a bus.</summary>
internal sealed class Doorbells
{
    // A broker that is started anew on a busy machine takes its time, and so do the pauses between tries.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private readonly Channel<object> heard = Channel.CreateUnbounded<object>();

    public void ListenOn(IServiceCollection services)
    {
        services.AddSingleton(this);
        services.AddBusConsumer<Listener>("run-attempt", prefetch: 16);
    }

    public async Task<object> NextAsync() => await heard.Reader.ReadAsync().AsTask().WaitAsync(Limit);

    /// <summary>Waits until each of <paramref name="attempts"/> has rung, in whatever order and however often.</summary>
    public async Task HearAllAsync(IEnumerable<Guid> attempts)
    {
        var missing = attempts.ToHashSet();
        while (missing.Count > 0)
        {
            if (await NextAsync() is RunAttempt message)
            {
                missing.Remove(message.AttemptId);
            }
        }
    }

    internal sealed class Listener(Doorbells bells) : IConsumer<RunAttempt>, IConsumer<PatchVerified>
    {
        public Task Consume(ConsumeContext<RunAttempt> context) => Hear(context.Message);

        public Task Consume(ConsumeContext<PatchVerified> context) => Hear(context.Message);

        private Task Hear(object message) => bells.heard.Writer.WriteAsync(message).AsTask();
    }
}

/// <summary>What the tests do with the outbox.</summary>
internal static class OutboxSteps
{
    public static async Task<Guid> SubmitOneAttemptAsync(this TaskServices services) =>
        (await services.DetailAsync(await services.SubmitAsync())).Attempts.Single().Id;

    public static Task<int> DispatchAsync(this TaskServices services) =>
        services.Get<IEnumerable<Microsoft.Extensions.Hosting.IHostedService>>().OfType<OutboxDispatcher>().Single().DispatchAsync(CancellationToken.None);

    public static async Task<IReadOnlyList<string>> OutboxTypesAsync(this TaskServices services) =>
        [.. (await Sql.RowsAsync(services.Database, "SELECT type FROM outbox ORDER BY id")).Select(row => (string)row[0]!)];
}
