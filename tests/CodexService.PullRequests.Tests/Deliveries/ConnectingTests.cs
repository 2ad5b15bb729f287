using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Connecting;
using CodexService.Tasks.GitHubLink;
using CodexService.Testing.GitHub;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

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

        await Assert.ThrowsAsync<GitHubException>(() => github.ConnectAppAsync("used-up", default));
        var connected = await github.ConnectAppAsync("good-code", default);
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

    private ServiceProvider Unconnected(string folder, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Append(("GITHUB_API_URL", world.Emulator.Api.AbsoluteUri)).Select(setting => KeyValuePair.Create(setting.Item1, (string?)setting.Item2)))
            .Build();
        return new ServiceCollection().AddGitHub(configuration, folder).BuildServiceProvider();
    }
}
