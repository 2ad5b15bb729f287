using CodexService.Tasks.Events;
using CodexService.Tasks.Leases;
using CodexService.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.Api.Tests.Hosting;

/// <summary>One API with a database of its own for the tests of a class, and a worker's view of the same database.</summary>
public sealed class ApiFixture : IAsyncLifetime
{
    private readonly PostgresFixture postgres = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("codex-api-tests-");
    private readonly Lazy<TestRepository> repository = new(TestRepository.WithFailingPythonTest);
    private ApiHost? host;
    private TaskServices? worker;

    internal ApiHost Host => host!;

    internal string Token => Host.FirstToken!;

    internal string Folder => folder.FullName;

    /// <summary>A Python repository with a failing test, which nobody changes.</summary>
    internal TestRepository Repository => repository.Value;

    /// <summary>Another process that works on the tasks; it tells the API what it changed.</summary>
    internal TaskServices Worker => worker!;

    internal string Database => Worker.Database;

    public async Task InitializeAsync()
    {
        var database = await postgres.CreateDatabaseAsync();
        host = await ApiHost.StartAsync(database, Folder);

        // The API takes back what lapsed, and on a busy machine a test may need longer than a lease lasts.
        worker = new TaskServices(database, services => services.Configure<LeaseOptions>(leases => leases.Duration = TimeSpan.FromHours(1)));
        await worker.StartAsync<TaskChangeRelay>();

        // A change is heard by who listens when it is told.
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3), TimeProvider.System);
        while (await Sql.ScalarAsync<long>(database, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle' AND query LIKE 'LISTEN%'") < 2)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
    }

    public async Task DisposeAsync()
    {
        if (worker is not null)
        {
            await worker.DisposeAsync();
        }

        if (host is not null)
        {
            await host.DisposeAsync();
        }

        if (repository.IsValueCreated)
        {
            repository.Value.Dispose();
        }

        await postgres.DisposeAsync();
        folder.Delete(recursive: true);
    }

    /// <summary>A client that is signed in.</summary>
    internal ApiClient Client() => new(Host.Address, Token);

    /// <summary>A client without a token.</summary>
    internal ApiClient Stranger() => new(Host.Address, token: null);
}
