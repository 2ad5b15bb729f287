using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Connecting;
using CodexService.Repositories;
using CodexService.Repositories.Checkout;
using CodexService.Repositories.Git;
using CodexService.ServiceDefaults.Messaging;
using CodexService.SourceAccess;
using CodexService.Testing;
using CodexService.Testing.GitHub;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.PullRequests.Tests.Deliveries;

/// <summary>How a worker gets at a private repository through the pull-request service, and what it is told when that is not possible.</summary>
[Collection(EmulatedWorldTests.Name)]
public sealed class ReadAccessTests(EmulatedWorld world)
{
    [Fact]
    public async Task Token_WhileGitHubIsAway_IsMissingForTheMomentAndThereAfterwards()
    {
        var (address, _) = await PrivateRepositoryAsync();
        var cache = new MovableCacheClock();
        await using var worker = Worker(cache);
        await worker.StartBusAsync();
        var access = worker.Get<IReadCredentials>();
        await world.Emulator.Control.InjectAsync(new EmulatedFault { Kind = "answer", Path = "/installation$", Status = 503, Body = new { message = "unwell" }, Times = 0 });
        try
        {
            var missing = await access.FindAsync(address, default);
            Assert.Null(missing.Token);
            Assert.NotNull(missing.Missing);
            var error = await Assert.ThrowsAsync<RepositoryException>(() => worker.Get<RepositoryCheckout>().ResolveAsync(address, "main", default));
            Assert.True(error.IsPassing, error.Message);
            Assert.EndsWith($"it was tried without a token, for {missing.Missing}", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            await world.Emulator.Control.CalmAsync();
        }

        cache.Advance(TimeSpan.FromSeconds(3));
        Assert.NotNull((await access.FindAsync(address, default)).Token);
        Assert.Equal("main", (await worker.Get<RepositoryCheckout>().ResolveAsync(address, "main", default)).Ref);
    }

    [Fact]
    public async Task Token_OfARepositoryWithoutTheApp_IsNoneForGood()
    {
        var (_, name) = await PrivateRepositoryAsync();
        await using var worker = Worker(new MovableCacheClock());
        await worker.StartBusAsync();

        Assert.Equal(ReadAccess.None, await worker.Get<IReadCredentials>().FindAsync(RepositoryAddress.Parse(world.Emulator.CloneUrl(name + "-gone")), default));
    }

    private async Task<(RepositoryAddress Address, string Name)> PrivateRepositoryAsync()
    {
        var name = await world.RepositoryAsync();
        await world.Emulator.Control.MakePrivateAsync(name);
        await world.Services.Get<ConnectionReport>().WriteAsync(null, default);
        return (RepositoryAddress.Parse(world.Emulator.CloneUrl(name)), name);
    }

    // The worker's side and the service that answers it, on a bus of their own.
    private TaskServices Worker(MovableCacheClock clock) => new(world.Services.Database, services =>
    {
        services.AddSingleton(world.Services.Get<IConfiguration>());
        services.AddSingleton<IMemoryCache>(_ => new MemoryCache(new MemoryCacheOptions { Clock = clock }));
        services.AddSourceAccess();

        // The first call over a bus that was just started takes its time on a busy machine.
        services.Configure<SourceAccessOptions>(options => options.Patience = TimeSpan.FromMinutes(2));
        services.AddRepositories();
        services.AddSingleton(world.Services.Get<IGitHub>());
        services.AddBusConsumer<MintReadTokenConsumer>("mint-read-token", prefetch: 1);
    });

    private sealed class MovableCacheClock : Microsoft.Extensions.Internal.ISystemClock
    {
        private TimeSpan ahead;

        public DateTimeOffset UtcNow => TimeProvider.System.GetUtcNow() + ahead;

        public void Advance(TimeSpan by) => ahead += by;
    }
}
