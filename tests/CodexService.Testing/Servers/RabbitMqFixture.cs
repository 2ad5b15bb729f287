using Xunit;

namespace CodexService.Testing;

/// <summary>
/// A real RabbitMQ that the tests of one process share. Restarting it concerns every test that uses it, so put all of
/// them into one collection. The project needs <see cref="SharingTestFramework"/>.
/// </summary>
public sealed class RabbitMqFixture : IAsyncLifetime
{
    private RabbitMqServer? server;

    /// <summary>Address with user and password, as <c>CODEX_RABBITMQ</c> takes it.</summary>
    public Uri Address => Server.Address;

    private RabbitMqServer Server => server ?? throw new InvalidOperationException("The fixture is not initialised.");

    /// <inheritdoc />
    public async Task InitializeAsync() => server = await SharedServers.RabbitMqAsync();

    /// <inheritdoc />
    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Kills the broker, as a power cut would; what it confirmed stays on its disk.</summary>
    public async Task KillAsync()
    {
        await Server.FlushAsync();
        await Server.KillAsync(keep: true);
    }

    /// <summary>Starts the broker again, at the same address and with the same data.</summary>
    public async Task StartAgainAsync()
    {
        await Server.StartAgainAsync();
        await Server.ElectAsync();
    }

    /// <summary>Queues with their leaders, connections and the last lines of the log, for the message of a test that fails.</summary>
    public Task<string> DescribeAsync() => Server.DescribeAsync();
}
