using System.Text.Json;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Tests.FollowUps;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.GitHubLink;
using CodexService.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexService.PullRequests.Tests.Deliveries;

/// <summary>The list of repositories is as GitHub says when it is asked, whatever deliveries told or did not tell.</summary>
[Collection(EmulatedWorldTests.Name)]
public sealed class InstallationLookTests(EmulatedWorld world)
{
    [Fact]
    public async Task Look_InstalledBeforeAnyDeliveryCame_IsListed()
    {
        var repository = await world.RepositoryAsync();
        Assert.DoesNotContain(repository, await ListedAsync());

        await LookAsync();

        Assert.Contains(repository, await ListedAsync());
    }

    [Fact]
    public async Task Look_RemovalThatCameLate_IsListedAgain()
    {
        var repository = await world.RepositoryAsync();
        await LookAsync();
        await HandleAsync("installation", new { action = "deleted", installation = new { id = await InstallationAsync(repository) } });
        Assert.DoesNotContain(repository, await ListedAsync());

        await LookAsync();

        Assert.Contains(repository, await ListedAsync());
    }

    [Fact]
    public async Task Look_InstallationThatIsSuspendedOrGone_IsNotListed()
    {
        var repository = await world.RepositoryAsync();
        await LookAsync();
        await world.Emulator.Control.SuspendAsync("acme");
        try
        {
            await LookAsync();
            Assert.DoesNotContain(repository, await ListedAsync());
        }
        finally
        {
            await world.Emulator.Control.SuspendAsync("acme", suspended: false);
        }

        var (gone, id) = ($"elsewhere/{Guid.NewGuid():N}", Random.Shared.NextInt64(1L << 40, 1L << 41));
        await HandleAsync("installation", new { action = "created", installation = new { id }, repositories = new[] { new { id, full_name = gone } } });
        Assert.Contains(gone, await ListedAsync());
        await LookAsync();
        Assert.DoesNotContain(gone, await ListedAsync());
        Assert.Contains(repository, await ListedAsync());
    }

    [Fact]
    public async Task Look_RepositoryDeletedUnheard_IsNotListedAndTheOthersAre()
    {
        var (deleted, kept) = (await world.RepositoryAsync(), await world.RepositoryAsync());
        await LookAsync();
        await world.Emulator.Control.RemoveAsync(deleted);

        await LookAsync();

        var listed = await ListedAsync();
        Assert.DoesNotContain(deleted, listed);
        Assert.Contains(kept, listed);
    }

    [Fact]
    public async Task Poll_GitHubIsAwayAtTheStart_IsAskedAgainSoonAndThenEveryHour()
    {
        var (clock, github) = (new TestClock(), new GitHubThatComesBack());
        using var poller = new InstallationPoller(
            new Installations(world.Services.Get<GitHubLinks>(), Fake<IGitHub>.Of(github)), Fake<IGitHub>.Of(github), world.Services.Contexts, clock, NullLogger<InstallationPoller>.Instance);

        await poller.LookWhenDueAsync(default);
        await poller.LookWhenDueAsync(default);
        Assert.Equal(1, github.Asked);
        clock.Advance(TimeSpan.FromSeconds(5));
        github.IsAway = false;
        await poller.LookWhenDueAsync(default);
        Assert.Equal(2, github.Asked);

        clock.Advance(TimeSpan.FromMinutes(59));
        await poller.LookWhenDueAsync(default);
        Assert.Equal(2, github.Asked);
        github.Generation++;
        await poller.LookWhenDueAsync(default);
        Assert.Equal(3, github.Asked);
        clock.Advance(TimeSpan.FromHours(1));
        await poller.LookWhenDueAsync(default);
        Assert.Equal(4, github.Asked);
    }

    private Task LookAsync() => world.Services.Get<Installations>().LookAsync(default);

    // Not the dashboard's list, which ends somewhere: other tests have repositories here as well.
    private async Task<List<string>> ListedAsync()
    {
        await using var db = await world.Services.Contexts.CreateDbContextAsync();
        return await db.InstalledRepositories.Where(one => one.Installed).Select(one => one.Repository).ToListAsync();
    }

    private async Task<long> InstallationAsync(string repository)
    {
        await using var db = await world.Services.Contexts.CreateDbContextAsync();
        return await db.InstalledRepositories.Where(one => one.Repository == repository).Select(one => one.InstallationId).SingleAsync();
    }

    private async Task HandleAsync(string name, object payload)
    {
        var id = Guid.NewGuid().ToString();
        await world.Services.Get<DeliveryStore>().AddAsync(new Delivery { Id = id, Event = name, Body = JsonSerializer.SerializeToUtf8Bytes(payload) }, default);
        await world.Services.Get<DeliveryHandler>().HandleAsync(id, default);
    }

    /// <summary>Says nothing about installations, or that it cannot be reached.</summary>
    private sealed class GitHubThatComesBack
    {
        public bool IsAway { get; set; } = true;

        public int Generation { get; set; }

        public int Asked { get; private set; }

        public Task<IReadOnlyList<AppInstallation>?> ListInstallationsAsync(CancellationToken cancellationToken)
        {
            Asked++;
            return IsAway ? throw new GitHubException(GitHubFailure.Unavailable, "GitHub cannot be reached") : Task.FromResult<IReadOnlyList<AppInstallation>?>(null);
        }
    }
}
