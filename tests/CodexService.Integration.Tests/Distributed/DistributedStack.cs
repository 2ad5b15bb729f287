using System.Net;
using CodexService.Integration.Tests.Stack;
using CodexService.Testing;

namespace CodexService.Integration.Tests.Distributed;

/// <summary>
/// API, two workers and the pull-request service as processes of their own over RabbitMQ and PostgreSQL. Workers hardly
/// ever look into the database by themselves here, so what reaches them came through the broker.
/// </summary>
public sealed class DistributedStack : IAsyncLifetime
{
    private const string Ready = "Application started";

    private readonly StackFolder folder = new();
    private readonly PostgresFixture postgres = new();
    private readonly List<HostProcess> workers = [];
    private Dictionary<string, string> settings = [];

    /// <summary>The broker, which tests may kill, and whose queues no other stack may answer.</summary>
    public RabbitMqFixture Broker { get; } = RabbitMqFixture.OfItsOwn();

    /// <summary>Connection string.</summary>
    public string Database { get; private set; } = "";

    internal string Instance => folder.Name;

    internal ApiClient Api { get; private set; } = null!;

    internal HostProcess PullRequests { get; private set; } = null!;

    /// <summary>Everything that the processes wrote.</summary>
    public string Output => folder.Output();

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        await Task.WhenAll(postgres.InitializeAsync(), Broker.InitializeAsync());
        Database = await postgres.CreateDatabaseAsync();
        settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["CODEX_DATABASE"] = Database,
            ["CODEX_RABBITMQ"] = Broker.Address.ToString(),
            ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information",
            ["Leases__Duration"] = "00:00:30",
            ["Leases__HeartbeatInterval"] = "00:00:02",
            ["Leases__RescueInterval"] = "00:00:00.5",
            ["Worker__PollInterval"] = "00:10:00",
            ["Worker__Slots"] = "1",
        };
        var api = folder.Start("Api", With("ASPNETCORE_URLS", "http://127.0.0.1:0"));
        var token = (await api.LineAsync(line => line.StartsWith("API token", StringComparison.Ordinal))).Split(' ')[^1];
        Api = new ApiClient(await api.AddressAsync(), token);
        await Task.WhenAll(api.LineAsync(IsReady), StartWorkerAsync(), StartWorkerAsync(), StartPullRequestsAsync());
        await WaitReadyAsync();
    }

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        Api.Dispose();
        try
        {
            await folder.DisposeAsync();
        }
        finally
        {
            await Broker.DisposeAsync();
        }

        await postgres.DisposeAsync();
    }

    internal async Task StartWorkerAsync()
    {
        var worker = folder.Start("Worker", settings);
        workers.Add(worker);
        await worker.LineAsync(IsReady);
    }

    internal async Task StartPullRequestsAsync()
    {
        PullRequests = folder.Start("PullRequests", settings);
        await PullRequests.LineAsync(IsReady);
    }

    internal Task KillAsync(HostProcess process) => folder.KillAsync(process);

    /// <summary>The worker that a lease names: machine-pid-random.</summary>
    internal HostProcess WorkerNamed(string lease) => workers.Single(worker => lease.Contains($"-{worker.Id}-", StringComparison.Ordinal));

    /// <summary>Waits until the API says that database and broker can be used.</summary>
    internal async Task WaitReadyAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3), TimeProvider.System);
        while (!limit.IsCancellationRequested)
        {
            using var response = await Api.GetAsync("/health/ready");
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
        }

        Assert.Fail("the API did not become ready");
    }

    private Dictionary<string, string> With(string key, string value) => new(settings, StringComparer.Ordinal) { [key] = value };

    private static bool IsReady(string line) => line.Contains(Ready, StringComparison.Ordinal);
}

/// <summary>One stack for all tests that kill parts of it, one after another.</summary>
[CollectionDefinition(Name)]
public sealed class DistributedTests : ICollectionFixture<DistributedStack>
{
    internal const string Name = "distributed";
}
