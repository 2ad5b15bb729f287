namespace CodexService.Testing;

/// <summary>The servers that the tests of one process share. Each starts when the first test asks for it.</summary>
internal static class SharedServers
{
    private static readonly Lazy<Task<TestFolder>> Folder = new(() => Task.FromResult(TestFolder.Create()));
    private static readonly Lazy<Task<PostgresServer>> Postgres = new(async () => await PostgresServer.StartAsync((await Folder.Value).Path));
    private static readonly Lazy<Task<RabbitMqServer>> RabbitMq = new(async () => await RabbitMqServer.StartAsync(Path.Combine((await Folder.Value).Path, "rabbitmq")));
    private static int ownBrokers;

    public static Task<PostgresServer> PostgresAsync() => Postgres.Value;

    public static Task<RabbitMqServer> RabbitMqAsync() => RabbitMq.Value;

    /// <summary>A broker that is the caller's alone to dispose.</summary>
    public static async Task<RabbitMqServer> OwnRabbitMqAsync() =>
        await RabbitMqServer.StartAsync(Path.Combine((await Folder.Value).Path, $"rabbitmq-{Interlocked.Increment(ref ownBrokers)}"));

    public static async Task StopAsync()
    {
        await StopAsync(RabbitMq);
        await StopAsync(Postgres);
        if (Folder.IsValueCreated)
        {
            (await Folder.Value).Delete();
        }
    }

    // One that failed to start has cleaned up after itself, and its tests have told so.
    private static async Task StopAsync<T>(Lazy<Task<T>> server)
        where T : IAsyncDisposable
    {
        if (server is { IsValueCreated: true, Value.IsFaulted: false, Value.IsCanceled: false })
        {
            await (await server.Value).DisposeAsync();
        }
    }
}
