using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CodexService.GitHub.Configuration;
using CodexService.GitHub.Credentials;
using CodexService.GitHub.Tests.Transport;
using CodexService.GitHub.Transport;
using CodexService.Testing;
using static CodexService.GitHub.Tests.Transport.ScriptedAnswers;

namespace CodexService.GitHub.Tests.Credentials;

public sealed class InstallationTokensTests : IDisposable
{
    private static readonly RepositoryName Shop = RepositoryName.Parse("acme/shop");

    private readonly TestClock clock = new();
    private readonly RSA key = RSA.Create(2048);
    private readonly List<IDisposable> made = [];
    private GitHubTransport? transport;
    private TimeSpan? limited;
    private TimeSpan lifetime = TimeSpan.FromHours(1);
    private Exception? broken;
    private int minted;

    [Fact]
    public async Task For_AskedOften_IsMintedOnceForThatRepositoryAlone()
    {
        var (tokens, github) = Tokens();

        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => tokens.ForAsync(Shop, default).AsTask()));

        Assert.Equal(["token-1"], all.Distinct(StringComparer.Ordinal));
        Assert.Equal([("GET", "https://api.test/repos/acme/shop/installation"), ("POST", "https://api.test/app/installations/7/access_tokens")], github.Asked.Select(one => (one.Method, one.Address)));
        Assert.Equal("""{"repositories":["shop"]}""", github.Asked[1].Body);
    }

    [Fact]
    public async Task For_FiveMinutesBeforeItsEnd_IsMintedAgain()
    {
        var (tokens, _) = Tokens();
        await tokens.ForAsync(Shop, default);

        clock.Advance(TimeSpan.FromMinutes(54));
        Assert.Equal("token-1", await tokens.ForAsync(Shop, default));
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("token-2", await tokens.ForAsync(Shop, default));
    }

    [Fact]
    public async Task For_ClockIsAnHourAhead_IsNotMintedForEver()
    {
        lifetime = TimeSpan.FromMinutes(1);
        var (tokens, _) = Tokens();

        Assert.Equal("token-2", await tokens.ForAsync(Shop, default));
    }

    [Fact]
    public async Task For_MintingBreaks_IsTriedAgainByTheNext()
    {
        var (tokens, _) = Tokens();
        broken = new InvalidOperationException("no such thing was foreseen");
        await Assert.ThrowsAsync<InvalidOperationException>(() => tokens.ForAsync(Shop, default).AsTask());

        broken = null;
        Assert.Equal("token-1", await tokens.ForAsync(Shop, default));
    }

    [Fact]
    public async Task For_OtherRepository_HasItsOwnToken()
    {
        var (tokens, _) = Tokens();

        Assert.NotEqual(await tokens.ForAsync(Shop, default), await tokens.ForAsync(RepositoryName.Parse("acme/site"), default));
        Assert.Equal("token-1", await tokens.ForAsync(RepositoryName.Parse("ACME/Shop"), default));
    }

    [Fact]
    public async Task Refused_Token_IsNotUsedAgain()
    {
        var (tokens, _) = Tokens();

        Assert.True(tokens.Refused(Shop, await tokens.ForAsync(Shop, default)));

        Assert.Equal("token-2", await tokens.ForAsync(Shop, default));
    }

    [Fact]
    public async Task For_RepositoriesOfOneInstallation_ShareItsLimit()
    {
        var (tokens, github) = Tokens();
        var (shop, site) = (await tokens.ForAsync(Shop, default), await tokens.ForAsync(RepositoryName.Parse("acme/site"), default));
        var request = new GitHubRequest(HttpMethod.Get, "items", "read it");
        limited = TimeSpan.FromMinutes(30);
        await Assert.ThrowsAsync<GitHubException>(() => transport!.SendAsync(request, shop, default));
        limited = null;

        var failed = await Assert.ThrowsAsync<GitHubException>(() => transport!.SendAsync(request, site, default));
        Assert.Equal((GitHubFailure.RateLimited, TimeSpan.FromMinutes(30)), (failed.Failure, failed.RetryAfter));

        // The App itself is counted apart.
        await tokens.ForAsync(RepositoryName.Parse("acme/third"), default);
        Assert.Equal(7, github.Asked.Count);
    }

    [Fact]
    public async Task For_Suspended_SaysSoAndTriesAgainLater()
    {
        var (tokens, github) = Tokens("""{"id":7,"suspended_at":"2029-12-31T00:00:00Z"}""");

        var failed = await Assert.ThrowsAsync<GitHubException>(() => tokens.ForAsync(Shop, default).AsTask());
        await Assert.ThrowsAsync<GitHubException>(() => tokens.ForAsync(Shop, default).AsTask());

        Assert.Equal("the GitHub App's installation on acme/shop is suspended: a person has to resume it in the account's settings", failed.Message);
        Assert.Equal(2, github.Asked.Count);
    }

    [Fact]
    public async Task For_AppToken_IsSignedAndShort()
    {
        var (tokens, github) = Tokens();
        await tokens.ForAsync(Shop, default);

        var parts = github.Asked[0].Token!.Split('.');
        var claims = JsonDocument.Parse(Decode(parts[1])).RootElement;
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        Assert.Equal(("4711", now - 60, now + 540), (claims.GetProperty("iss").GetString(), claims.GetProperty("iat").GetInt64(), claims.GetProperty("exp").GetInt64()));
        Assert.True(key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Decode(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    public void Dispose()
    {
        made.ForEach(one => one.Dispose());
        key.Dispose();
    }

    private static byte[] Decode(string text) => System.Buffers.Text.Base64Url.DecodeFromChars(text);

    private (InstallationTokens Tokens, ScriptedAnswers GitHub) Tokens(string installation = """{"id":7,"suspended_at":null}""")
    {
        var github = new ScriptedAnswers(request => broken is { } reason
            ? throw reason
            : limited is { } pause
            ? Json(HttpStatusCode.TooManyRequests, "{}", ("Retry-After", $"{pause.TotalSeconds}"))(request)
            : request.Method == HttpMethod.Get
            ? Json(HttpStatusCode.OK, installation)(request)
            : Json(HttpStatusCode.Created, $$"""{"token":"token-{{++minted}}","expires_at":"{{clock.GetUtcNow() + lifetime:O}}"}""")(request));
        transport = new GitHubTransport(new HttpClient(github), new GitHubOptions { ApiUrl = new("https://api.test/"), Retries = 0 }, clock);
        made.Add(transport);
        return (new InstallationTokens(new GitHubSecrets.App("4711", key), transport, clock), github);
    }
}
