using Xunit;

namespace CodexService.Testing;

/// <summary>
/// A real RabbitMQ that the tests of one process share. Restarting it concerns every test that uses it, and so do the
/// service's queues, whose names are fixed: put all of them into one collection, or take one of their own
/// (<see cref="OfItsOwn"/>). The project needs <see cref="SharingTestFramework"/>.
/// </summary>
public sealed class RabbitMqFixture : IAsyncLifetime
{
    private readonly bool isShared;
    private RabbitMqServer? server;

    /// <summary>The shared one.</summary>
    public RabbitMqFixture()
        : this(isShared: true)
    {
    }

    private RabbitMqFixture(bool isShared) => this.isShared = isShared;

    /// <summary>Address with user and password, as <c>CODEX_RABBITMQ</c> takes it.</summary>
    public Uri Address => Server.Address;

    private RabbitMqServer Server => server ?? throw new InvalidOperationException("The fixture is not initialised.");

    /// <summary>A broker that nobody else uses and that ends with this object.</summary>
    public static RabbitMqFixture OfItsOwn() => new(isShared: false);

    /// <inheritdoc />
    public async Task InitializeAsync() => server = await (isShared ? SharedServers.RabbitMqAsync() : SharedServers.OwnRabbitMqAsync());

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        if (!isShared && server is not null)
        {
            await server.DisposeAsync();
        }
    }

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
