using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Tests.FollowUps;
using Microsoft.Extensions.Options;

namespace CodexService.PullRequests.Tests.Deliveries;

/// <summary>The name that people mention the service by.</summary>
public sealed class AppNameTests
{
    [Fact]
    public async Task FindAsync_AnotherProcessConnectedAnotherApp_IsItsName()
    {
        var account = new Account();
        var name = new AppName(Fake<IGitHub>.Of(account), Options.Create(new GitHubTaskOptions()));
        Assert.Equal("first", await name.FindAsync(default));

        account.Login = "second[bot]";

        Assert.Equal("second", await name.FindAsync(default));
    }

    [Theory]
    [InlineData(GitHubAccess.Token, null, "codex")]
    [InlineData(GitHubAccess.Token, "shop-helper", "shop-helper")]
    [InlineData(GitHubAccess.None, null, "codex")]
    [InlineData(GitHubAccess.App, "shop-helper", "shop-helper")]
    public async Task FindAsync_ConfiguredOrWithoutAnApp_AsksNobody(GitHubAccess access, string? configured, string expected)
    {
        var account = new Account { Access = access, Login = null };

        Assert.Equal(expected, await new AppName(Fake<IGitHub>.Of(account), Options.Create(new GitHubTaskOptions { Mention = configured })).FindAsync(default));
    }

    [Theory]
    [InlineData(GitHubAccess.App, null)]
    [InlineData(GitHubAccess.App, "codex")]
    [InlineData(GitHubAccess.Token, "first")]
    public async Task BotAsync_HoweverItIsMentioned_IsTheAppsOwnLogin(GitHubAccess access, string? configured) => Assert.Equal(
        access == GitHubAccess.App ? "first[bot]" : null,
        await new AppName(Fake<IGitHub>.Of(new Account { Access = access }), Options.Create(new GitHubTaskOptions { Mention = configured })).BotAsync(default));

    private sealed class Account
    {
        public GitHubAccess Access { get; init; } = GitHubAccess.App;

        public string? Login { get; set; } = "first[bot]";

        public Task<string> GetLoginAsync(CancellationToken cancellationToken) => Task.FromResult(Login ?? throw new InvalidOperationException("nobody is to be asked"));

        public static Task<GitHubApp?> GetAppAsync(CancellationToken cancellationToken) => Task.FromResult<GitHubApp?>(new GitHubApp("first", "https://github.example.com/apps/first"));
    }
}
