using Xunit;

namespace CodexService.Testing;

/// <summary>
/// Databases on a real PostgreSQL that the tests of one process share. Use it as a class fixture or on its own; the
/// databases that it made are dropped with it. The project needs <see cref="SharingTestFramework"/>.
/// </summary>
public sealed class PostgresFixture : IAsyncLifetime, IAsyncDisposable
{
    private readonly List<string> made = [];
    private PostgresServer? server;

    /// <summary>A database with the service's schema that nobody else uses; its connection string.</summary>
    public Task<string> CreateDatabaseAsync() => CreateAsync(migrated: true);

    /// <summary>A database without any table; its connection string.</summary>
    public Task<string> CreateEmptyDatabaseAsync() => CreateAsync(migrated: false);

    /// <summary>Runs a statement as superuser outside of the made databases.</summary>
    public async Task ExecuteAsync(string sql) => await (await ServerAsync()).ExecuteAsync(sql);

    /// <inheritdoc />
    public Task InitializeAsync() => ServerAsync();

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        foreach (var database in made)
        {
            await server!.DropDatabaseAsync(database);
        }

        made.Clear();
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    private async Task<string> CreateAsync(bool migrated)
    {
        var database = await (await ServerAsync()).CreateDatabaseAsync(migrated);
        lock (made)
        {
            made.Add(database);
        }

        return database;
    }

    private async Task<PostgresServer> ServerAsync() => server ??= await SharedServers.PostgresAsync();
}
