using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Connecting;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Forges;
using CodexService.PullRequests.Tests.FollowUps;
using CodexService.Tasks.GitHubLink;
using CodexService.Testing.GitHub;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CodexService.PullRequests.Tests.Deliveries;

/// <summary>Apps that are made from the dashboard, and what workers get to read with.</summary>
[Collection(EmulatedWorldTests.Name)]
public sealed class ConnectingTests(EmulatedWorld world)
{
    [Fact]
    public async Task App_MadeFromTheDashboard_IsUsedAtOnceAndAfterARestart()
    {
        var folder = Path.Combine(world.Folder, "made");
        await using var services = Unconnected(folder);
        var github = services.GetRequiredService<IGitHub>();
        Assert.Equal(GitHubAccess.None, github.Access);
        var refused = await Assert.ThrowsAsync<GitHubException>(() => github.Repository(RepositoryName.Parse("acme/shop")).GetAsync(default));
        Assert.StartsWith("GitHub is not connected", refused.Message, StringComparison.Ordinal);

        await Assert.ThrowsAsync<GitHubException>(() => github.ConnectAppAsync("used-up", null, default));
        var connected = await github.ConnectAppAsync("good-code", null, default);
        Assert.Equal(("codex", "made-by-github-for-the-app"), (connected.App.Slug, connected.WebhookSecret));
        Assert.Equal("acme/shop", (await github.Repository(RepositoryName.Parse("acme/shop")).GetAsync(default)).FullName);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "github-app.json")));
        }

        await using var restarted = Unconnected(folder);
        Assert.Equal(GitHubAccess.App, restarted.GetRequiredService<IGitHub>().Access);
    }

    [Fact]
    public async Task App_ThatWorks_IsNotReplacedAndOneThatIsRemovedIs()
    {
        var (folder, clock) = (Path.Combine(world.Folder, "kept"), new MovableClock());
        await using var services = Unconnected(folder, clock);
        var github = services.GetRequiredService<IGitHub>();
        await github.ConnectAppAsync("good-code", null, default);

        var refused = await Assert.ThrowsAsync<GitHubException>(() => github.ConnectAppAsync("good-code", null, default));
        Assert.Equal(GitHubFailure.Conflict, refused.Failure);
        Assert.StartsWith("the App codex is connected and works; to replace it, delete it on GitHub", refused.Message, StringComparison.Ordinal);

        File.Delete(Path.Combine(folder, "github-app.json"));
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(GitHubAccess.None, github.Access);
        await github.ConnectAppAsync("good-code", null, default);
        Assert.Equal(GitHubAccess.App, github.Access);
    }

    [Fact]
    public async Task App_Removed_IsNotShownAsConnectedAtTheNextLook()
    {
        var (folder, clock, links) = (Path.Combine(world.Folder, "removed"), new MovableClock(), world.Services.Get<GitHubLinks>());
        await using var services = Unconnected(folder, clock);
        var github = services.GetRequiredService<IGitHub>();
        using var report = ActivatorUtilities.CreateInstance<ConnectionReport>(world.Services.Get<IServiceProvider>(), github, clock);
        await links.RemoveAsync(default);
        await report.LookAsync(default);
        Assert.Null(await links.FindAsync(default));
        await github.ConnectAppAsync("good-code", null, default);
        await report.LookAsync(default);
        Assert.Equal(("app", "codex"), ((await links.FindAsync(default))!.Kind, (await links.FindAsync(default))!.Name));

        File.Delete(Path.Combine(folder, "github-app.json"));
        clock.Advance(TimeSpan.FromSeconds(3));
        await report.LookAsync(default);

        Assert.Null(await links.FindAsync(default));
    }

    [Fact]
    public async Task App_WhoseFileIsDamaged_IsToldAsTheConnectionsProblemUntilItIsGoodAgain()
    {
        var (folder, clock, links) = (Path.Combine(world.Folder, "damaged"), new MovableClock(), world.Services.Get<GitHubLinks>());
        var file = Path.Combine(folder, "github-app.json");
        string good;
        await using (var earlier = Unconnected(folder))
        {
            await earlier.GetRequiredService<IGitHub>().ConnectAppAsync("good-code", null, default);
            good = await File.ReadAllTextAsync(file);
        }

        await File.WriteAllTextAsync(file, good[..^20]);
        await using var services = Unconnected(folder, clock);
        var github = services.GetRequiredService<IGitHub>();
        var log = new HeardLog();
        using var report = ActivatorUtilities.CreateInstance<ConnectionReport>(world.Services.Get<IServiceProvider>(), github, clock, log);
        for (var looks = 0; looks < 3; looks++)
        {
            await report.LookAsync(default);
            await report.WriteAsync(null, default);
            clock.Advance(TimeSpan.FromSeconds(3));
        }

        var line = $"{file} holds no credentials of a GitHub App: put a copy of it back, or delete it and connect GitHub again on the dashboard";
        var told = (await links.FindAsync(default))!;
        Assert.Equal(("none", line, false), (told.Kind, told.Problem, told.ProblemPasses));
        Assert.Equal($"GitHub does not work: {line}", Assert.Single(log.Lines));

        // Nothing is worked on as if GitHub were not there.
        Assert.Equal(GitHubAccess.App, github.Access);
        Assert.Equal(line, (await Assert.ThrowsAsync<GitHubException>(() => github.Repository(RepositoryName.Parse("acme/shop")).GetAsync(default))).Message);
        Assert.Equal(line, (await Assert.ThrowsAsync<GitHubException>(() => github.GetAccountAsync(default))).Message);

        await File.WriteAllTextAsync(file, good);
        clock.Advance(TimeSpan.FromSeconds(3));
        await report.LookAsync(default);
        told = (await links.FindAsync(default))!;
        Assert.Equal(("app", "codex", null), (told.Kind, told.Name, told.Problem));
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData("https://codex.example.com", 0)]
    public async Task Look_NobodyToldTheDashboardsAddress_IsSaidOnceInTheLog(string? address, int lines)
    {
        var log = new HeardLog();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("CODEX_PUBLIC_URL", address)]).Build();
        var github = world.Services.Get<IGitHub>();
        using var report = ActivatorUtilities.CreateInstance<ConnectionReport>(world.Services.Get<IServiceProvider>(), github, new DashboardAddress(configuration, github), log);

        await report.WriteAsync(null, default);
        await report.WriteAsync(null, default);

        Assert.Single(log.Lines, line => line.StartsWith("GitHub takes the credentials", StringComparison.Ordinal));
        Assert.Equal(lines, log.Lines.Count(line => line.EndsWith("set CODEX_PUBLIC_URL to it and start the service again", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task App_WhoseFileIsDamagedAndDeleted_IsNotToldAnyMoreAndIsReplacedByAnother()
    {
        var (folder, clock, links) = (Path.Combine(world.Folder, "damaged-deleted"), new MovableClock(), world.Services.Get<GitHubLinks>());
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "github-app.json"), "{}");
        await using var services = Unconnected(folder, clock);
        var github = services.GetRequiredService<IGitHub>();
        using var report = ActivatorUtilities.CreateInstance<ConnectionReport>(world.Services.Get<IServiceProvider>(), github, clock);
        await report.LookAsync(default);
        Assert.NotNull((await links.FindAsync(default))!.Problem);

        File.Delete(Path.Combine(folder, "github-app.json"));
        clock.Advance(TimeSpan.FromSeconds(3));
        await report.LookAsync(default);
        Assert.Null(await links.FindAsync(default));

        await File.WriteAllTextAsync(Path.Combine(folder, "github-app.json"), "{}");
        clock.Advance(TimeSpan.FromSeconds(3));
        await github.ConnectAppAsync("good-code", null, default);
        Assert.Null(github.Problem);
        Assert.Equal("codex[bot]", await github.GetLoginAsync(default));
    }

    [Fact]
    public async Task App_ReplacedByAnotherInstance_IsUsedByThisOneToo()
    {
        var (folder, clock) = (Path.Combine(world.Folder, "shared"), new MovableClock());
        await using var services = Unconnected(folder, clock);
        var github = services.GetRequiredService<IGitHub>();
        await github.ConnectAppAsync("good-code", new Uri("https://one.example.com/"), default);
        var file = Path.Combine(folder, "github-app.json");

        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("one.example.com", "two.example.com", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal("https://two.example.com/", github.PublicUrl!.AbsoluteUri);
        Assert.Equal(2, github.Generation);
    }

    [Fact]
    public async Task App_ConnectedByAProcessThatEndedRightAfter_HasItsSecretAndAddressAtTheNextStart()
    {
        var folder = Path.Combine(world.Folder, "ended");
        await using (var ended = Unconnected(folder))
        {
            await ended.GetRequiredService<IGitHub>().ConnectAppAsync("good-code", new Uri("https://codex.example.com/"), default);
        }

        await using var started = Unconnected(folder);
        var links = world.Services.Get<GitHubLinks>();
        await links.SaveWebhookSecretAsync("of an earlier App", default);
        var github = started.GetRequiredService<IGitHub>();
        await ActivatorUtilities.CreateInstance<ConnectionReport>(world.Services.Get<IServiceProvider>(), github).WriteAsync(null, default);

        Assert.Equal("made-by-github-for-the-app", await links.FindWebhookSecretAsync(default));
        var dashboard = new DashboardAddress(new ConfigurationBuilder().Build(), github);
        Assert.Equal($"https://codex.example.com/tasks/{Guid.Empty:D}", dashboard.Of(Guid.Empty)!.AbsoluteUri);
    }

    [Fact]
    public async Task Manifest_ThatAPersonCameBackWith_IsTakenOnceWithItsAddress()
    {
        var links = world.Services.Get<GitHubLinks>();
        var state = await links.BeginManifestAsync(new Uri("https://codex.example.com/"), default);
        Assert.Null(await links.TakeManifestCodeAsync(state, default));
        Assert.True(await links.ReturnManifestAsync(state, "one-time-code", default));

        Assert.Equal(("one-time-code", new Uri("https://codex.example.com/")), await links.TakeManifestCodeAsync(state, default));
        Assert.Null(await links.TakeManifestCodeAsync(state, default));
    }

    [Fact]
    public async Task ReadToken_OfTheApp_ReadsOneRepositoryAndWritesNothing()
    {
        var github = world.Services.Get<IGitHub>();
        var token = await github.MintReadTokenAsync(RepositoryName.Parse("acme/shop"), default);
        Assert.NotNull(token);
        await using var reader = Unconnected(Path.Combine(world.Folder, "reader"), ("CODEX_GITHUB_TOKEN", token));
        var access = reader.GetRequiredService<IGitHub>();
        Assert.Equal("acme/shop", (await access.Repository(RepositoryName.Parse("acme/shop")).GetAsync(default)).FullName);
        await Assert.ThrowsAsync<GitHubException>(() => access.Repository(RepositoryName.Parse("acme/site")).GetAsync(default));
        Assert.Null(await access.MintReadTokenAsync(RepositoryName.Parse("acme/shop"), default));
    }

    [Fact]
    public async Task Connection_IsStoredForTheDashboard()
    {
        await world.Services.Get<ConnectionReport>().WriteAsync(null, default);
        var stored = (await world.Services.Get<GitHubLinks>().FindAsync(default))!;
        Assert.Equal(("app", "codex", "https://github.com/apps/codex", null), (stored.Kind, stored.Name, stored.Url, stored.Problem));
    }

    private ServiceProvider Unconnected(string folder, params (string Key, string Value)[] settings) => Unconnected(folder, TimeProvider.System, settings);

    private ServiceProvider Unconnected(string folder, TimeProvider time, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Append(("GITHUB_API_URL", world.Emulator.Api.AbsoluteUri)).Append(("GitHub:RequestTimeout", "00:05:00")).Select(setting => KeyValuePair.Create(setting.Item1, (string?)setting.Item2)))
            .Build();
        return new ServiceCollection().AddSingleton(time).AddGitHub(configuration, folder).BuildServiceProvider();
    }

    private sealed class HeardLog : ILogger<ConnectionReport>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }

    private sealed class MovableClock : TimeProvider
    {
        private TimeSpan ahead;

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + ahead;

        public void Advance(TimeSpan by) => ahead += by;
    }
}
