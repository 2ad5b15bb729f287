using CodexService.Integration.Tests.Stack;

namespace CodexService.Integration.Tests.Standalone;

/// <summary>A Standalone as a person starts it: everything embedded, also PostgreSQL.</summary>
public sealed class StandaloneFixture : IAsyncLifetime
{
    internal StandaloneStack Stack { get; private set; } = null!;

    internal ApiClient Api => Stack.Api;

    /// <inheritdoc />
    public async Task InitializeAsync() => Stack = await StandaloneStack.StartAsync(database: null);

    /// <inheritdoc />
    public async Task DisposeAsync() => await Stack.DisposeAsync();
}

/// <summary>One Standalone for all tests that leave it well, one after another.</summary>
[CollectionDefinition(Name)]
public sealed class StandaloneTests : ICollectionFixture<StandaloneFixture>
{
    internal const string Name = "standalone";
}
