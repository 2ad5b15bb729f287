using System.Net;
using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Connecting;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Tests.FollowUps;
using CodexService.Tasks.GitHubLink;
using CodexService.Testing;
using CodexService.Testing.GitHub;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CodexService.PullRequests.Tests.Deliveries;

/// <summary>What people are told of the connection is what GitHub answered.</summary>
[Collection(EmulatedWorldTests.Name)]
public sealed class ConnectionReportTests(EmulatedWorld world)
{
    private readonly TestClock clock = new();

    private GitHubLinks Links => world.Services.Get<GitHubLinks>();

    [Fact]
    public async Task Look_TokenThatGitHubTakes_TellsWhoseItIs()
    {
        await using var services = With(("CODEX_GITHUB_TOKEN", EmulatorFixture.WriterToken));

        var told = await ToldAsync(services.GetRequiredService<IGitHub>());

        Assert.Equal(("token", "writer", "codex", null, false), (told.Kind, told.Account, told.Name, told.Problem, told.ProblemPasses));
        Assert.EndsWith("/writer", told.Url, StringComparison.Ordinal);
        Assert.NotNull(told.CheckedAt);
    }

    [Fact]
    public async Task Look_TokenThatGitHubRefuses_SaysWhereItStandsAndHowToMakeAnother()
    {
        await using var services = With(("CODEX_GITHUB_TOKEN", "ghp_canary"));

        var told = await ToldAsync(services.GetRequiredService<IGitHub>());

        Assert.StartsWith("GitHub refuses the token in CODEX_GITHUB_TOKEN (401: Bad credentials): it is wrong, revoked or expired; make a fine-grained one at ", told.Problem, StringComparison.Ordinal);
        Assert.EndsWith(
            "/settings/personal-access-tokens/new (Contents, Issues, Pull requests and Commit statuses: read and write), put it into CODEX_GITHUB_TOKEN and start the service again",
            told.Problem,
            StringComparison.Ordinal);
        Assert.DoesNotContain("canary", told.Problem, StringComparison.Ordinal);
        Assert.Equal(("token", null, false), (told.Kind, told.Account, told.ProblemPasses));
        Assert.NotNull(told.CheckedAt);
    }

    [Fact]
    public async Task Look_KeyOfAnotherApp_SaysWhereANewOneIsMade()
    {
        using var key = System.Security.Cryptography.RSA.Create(2048);
        await using var services = With(("CODEX_GITHUB_APP_ID", EmulatorFixture.AppId), ("CODEX_GITHUB_APP_KEY", key.ExportPkcs8PrivateKeyPem()));

        var told = await ToldAsync(services.GetRequiredService<IGitHub>());

        Assert.StartsWith("GitHub refuses the App's key in CODEX_GITHUB_APP_KEY (401: ", told.Problem, StringComparison.Ordinal);
        Assert.Contains("/settings/apps generate a private key, put it into CODEX_GITHUB_APP_KEY, the App's number into CODEX_GITHUB_APP_ID", told.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_NobodyAnswers_NamesPlaceAndSettingAndNoMomentOfAnAnswer()
    {
        await using var services = With(("CODEX_GITHUB_TOKEN", "ghp_canary"), ("GITHUB_API_URL", "http://127.0.0.1:9/"));

        var told = await ToldAsync(services.GetRequiredService<IGitHub>());

        Assert.Equal(
            "GitHub cannot be reached at 127.0.0.1:9 (to read whose token it is): Connection refused; check GITHUB_API_URL and the network; it is tried again by itself",
            told.Problem);
        Assert.Equal((true, null), (told.ProblemPasses, told.CheckedAt));
    }

    [Fact]
    public async Task Look_GitHubGoesAwayAndComesBack_KeepsWhenItAnsweredLast()
    {
        var account = new Answering();
        using var report = Report(account);
        await report.LookAsync(default);
        var first = (await Links.FindAsync(default))!;
        Assert.Equal(("ann", "codex", null), (first.Account, first.Name, first.Problem));

        account.Failure = new GitHubException(GitHubFailure.Unavailable, "GitHub cannot be reached");
        await LaterAsync(report, TimeSpan.FromMinutes(1));
        var away = (await Links.FindAsync(default))!;
        Assert.Equal(("GitHub cannot be reached; it is tried again by itself", "ann", first.CheckedAt), (away.Problem, away.Account, away.CheckedAt));

        account.Failure = null;
        await LaterAsync(report, TimeSpan.FromSeconds(5));
        var back = (await Links.FindAsync(default))!;
        Assert.Null(back.Problem);
        Assert.True(back.CheckedAt > first.CheckedAt, "a new answer came");
    }

    [Fact]
    public async Task Look_TokenPastItsEnd_SaysWhenItExpired()
    {
        var account = new Answering { Expires = clock.GetUtcNow().AddDays(1) };
        using var report = Report(account);
        await report.LookAsync(default);
        Assert.Equal(account.Expires.Value.ToUnixTimeSeconds(), (await Links.FindAsync(default))!.ExpiresAt!.Value.ToUnixTimeSeconds());

        account.Failure = Refused();
        await LaterAsync(report, TimeSpan.FromDays(2));

        Assert.StartsWith($"the token in CODEX_GITHUB_TOKEN expired on {account.Expires:yyyy-MM-dd}; make a fine-grained one at https://github.example.com/settings/", (await Links.FindAsync(default))!.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_CredentialsThatAreRefused_AreShownToGitHubAFewTimesAnHour()
    {
        var account = new Answering { Failure = Refused() };
        using var report = Report(account);
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromHours(1); passed += TimeSpan.FromSeconds(30))
        {
            await LaterAsync(report, TimeSpan.FromSeconds(30));
        }

        Assert.InRange(account.Asked, 5, 8);
        Assert.Equal((1L, true), ((await Sql.RowsAsync(world.Services.Database, "SELECT count(*) FROM github_connection WHERE checked_at > clock_timestamp() - interval '1 minute'"))[0][0], (await Links.FindAsync(default))!.Problem is not null));
    }

    [Fact]
    public async Task Look_BeforeGitHubHasAnswered_ClaimsNothing()
    {
        var account = new Answering { Answer = new TaskCompletionSource() };
        using var report = Report(account);
        var looking = report.LookAsync(default);
        await account.IsAsked.Task.WaitAsync(TimeSpan.FromMinutes(1));

        var told = (await Links.FindAsync(default))!;
        account.Answer.SetResult();
        await looking;

        Assert.Equal(("token", null, null, null), (told.Kind, told.Account, told.Problem, told.CheckedAt));
    }

    private static GitHubException Refused() => new(GitHubFailure.Credentials, "refused") { Status = HttpStatusCode.Unauthorized, Said = "Bad credentials" };

    private async Task<GitHubConnectionInfo> ToldAsync(IGitHub github)
    {
        using var report = Report(github);
        await report.LookAsync(default);
        return (await Links.FindAsync(default))!;
    }

    private async Task LaterAsync(ConnectionReport report, TimeSpan by)
    {
        clock.Advance(by);
        await report.LookAsync(default);
    }

    private ConnectionReport Report(Answering account) => Report(Fake<IGitHub>.Of(account));

    private ConnectionReport Report(IGitHub github) =>
        ActivatorUtilities.CreateInstance<ConnectionReport>(world.Services.Get<IServiceProvider>(), github, clock, Options.Create(new GitHubTaskOptions()));

    private ServiceProvider With(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Prepend(("GITHUB_API_URL", world.Emulator.Api.AbsoluteUri)).Append(("GitHub:RequestTimeout", "00:05:00")).GroupBy(one => one.Item1).Select(one => KeyValuePair.Create(one.Key, (string?)one.Last().Item2)))
            .Build();
        return new ServiceCollection().AddGitHub(configuration, world.Folder).BuildServiceProvider();
    }

    // A fake: GitHub as far as it says whose a token is.
    private sealed class Answering
    {
        public static GitHubAccess Access => GitHubAccess.Token;

        public static int Generation => 0;

        public static Uri ApiUrl { get; } = new("https://github.example.com/api/v3/");

        public static string? WebhookSecret => null;

        public static string? Problem => null;

        public static string CredentialsFrom => "CODEX_GITHUB_TOKEN";

        public GitHubException? Failure { get; set; }

        public DateTimeOffset? Expires { get; init; }

        public int Asked { get; private set; }

        public TaskCompletionSource IsAsked { get; } = new();

        public TaskCompletionSource? Answer { get; init; }

        public async Task<GitHubAccount> GetAccountAsync(CancellationToken cancellationToken)
        {
            Asked++;
            IsAsked.TrySetResult();
            await (Answer?.Task ?? Task.CompletedTask);
            return Failure is null ? new GitHubAccount("ann", "https://github.example.com/ann") { ExpiresAt = Expires } : throw Failure;
        }
    }
}
