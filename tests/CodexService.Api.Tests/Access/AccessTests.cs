using System.Net;
using System.Text;
using CodexService.Api.Access;
using CodexService.Api.Tests.Hosting;
using CodexService.Contracts.Api;
using CodexService.Testing;
using Microsoft.AspNetCore.Http;

namespace CodexService.Api.Tests.Access;

public sealed class AccessTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData("GET", "/api/tasks")]
    [InlineData("POST", "/api/tasks")]
    [InlineData("GET", "/api/tasks/events")]
    [InlineData("GET", "/api/service")]
    [InlineData("GET", "/api/session")]
    [InlineData("GET", "/api/pull-requests")]
    [InlineData("GET", "/api/repositories/inspect?repository=/")]
    [InlineData("POST", "/api/tasks/0b6d2a4e-0000-7000-8000-000000000000/cancel")]
    [InlineData("GET", "/openapi/v1.json")]
    public async Task AnyCall_WithoutToken_Is401WithTheWayIn(string method, string path)
    {
        using var stranger = api.Stranger();
        var body = method == "POST" ? new StringContent("{}", Encoding.UTF8, "application/json") : null;
        var problem = await ApiClient.ProblemAsync(await stranger.SendAsync(new HttpMethod(method), path, body), HttpStatusCode.Unauthorized);
        Assert.Contains("Authorization: Bearer", problem.Title, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Bearer cdx_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("Bearer ")]
    [InlineData("Basic Y2R4OnRva2Vu")]
    [InlineData("nonsense")]
    public async Task AnyCall_WithAnotherToken_Is401(string authorization)
    {
        using var stranger = api.Stranger();
        var response = await stranger.SendAsync(HttpMethod.Get, "/api/tasks", null, ("Authorization", authorization));
        await ApiClient.ProblemAsync(response, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task SignIn_WrongToken_Is401WithAClearLine()
    {
        using var stranger = api.Stranger();
        foreach (var token in new[] { "wrong", "", "cdx_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" })
        {
            var problem = await ApiClient.ProblemAsync(await stranger.PostAsync("/api/session", new SignInRequest(token)), HttpStatusCode.Unauthorized);
            Assert.Contains("not known here", problem.Title, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task SignIn_Token_GivesACookieThatScriptsAndOtherSitesCannotUse()
    {
        using var stranger = api.Stranger();
        var cookie = await SignInAsync(stranger);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(api.Token["cdx_".Length..], cookie, StringComparison.Ordinal);
        var session = cookie.Split(';')[0];
        Assert.Equal(HttpStatusCode.NoContent, (await stranger.SendAsync(HttpMethod.Get, "/api/session", null, ("Cookie", session))).StatusCode);

        var cancel = $"/api/tasks/{Guid.NewGuid()}/cancel";
        var refused = await ApiClient.ProblemAsync(await stranger.SendAsync(HttpMethod.Post, cancel, null, ("Cookie", session)), HttpStatusCode.BadRequest);
        Assert.Contains("X-Codex-Request: 1", refused.Title, StringComparison.Ordinal);
        await ApiClient.ProblemAsync(await stranger.SendAsync(HttpMethod.Post, cancel, null, ("Cookie", session), ("X-Codex-Request", "1")), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Cookie_SubmitWithoutTheHeader_StoresNothing()
    {
        using var repository = TestRepository.WithFailingPythonTest();
        using var stranger = api.Stranger();
        var session = (await SignInAsync(stranger)).Split(';')[0];
        var before = await Sql.ScalarAsync<long>(api.Database, "SELECT count(*) FROM tasks");
        await ApiClient.ProblemAsync(await stranger.PostAsync("/api/tasks", new SubmitTaskRequest(repository.Path, "Fix it"), ("Cookie", session)), HttpStatusCode.BadRequest);
        Assert.Equal(before, await Sql.ScalarAsync<long>(api.Database, "SELECT count(*) FROM tasks"));
    }

    [Fact]
    public async Task SignOut_Cookie_IsTakenBack()
    {
        using var stranger = api.Stranger();
        var session = (await SignInAsync(stranger)).Split(';')[0];
        var response = await stranger.SendAsync(HttpMethod.Delete, "/api/session", null, ("Cookie", session), ("X-Codex-Request", "1"));
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Contains("expires=Thu, 01 Jan 1970", response.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
        await ApiClient.ProblemAsync(await stranger.SendAsync(HttpMethod.Get, "/api/session", null, ("Cookie", session)), HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task SignOut_OneBrowser_LeavesTheOthers()
    {
        using var stranger = api.Stranger();
        var first = (await SignInAsync(stranger)).Split(';')[0];
        var second = (await SignInAsync(stranger)).Split(';')[0];
        await stranger.SendAsync(HttpMethod.Delete, "/api/session", null, ("Cookie", first), ("X-Codex-Request", "1"));
        Assert.Equal(HttpStatusCode.NoContent, (await stranger.SendAsync(HttpMethod.Get, "/api/session", null, ("Cookie", second))).StatusCode);
    }

    [Fact]
    public async Task SessionAndToken_InEachOthersPlace_AreRefused()
    {
        using var stranger = api.Stranger();
        var value = (await SignInAsync(stranger)).Split(';')[0].Split('=', 2)[1];
        await ApiClient.ProblemAsync(await stranger.SendAsync(HttpMethod.Get, "/api/session", null, ("Authorization", $"Bearer {value}")), HttpStatusCode.Unauthorized);
        await ApiClient.ProblemAsync(await stranger.SendAsync(HttpMethod.Get, "/api/session", null, ("Cookie", $"codex_session={api.Token}")), HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Session_ItsTokenIsRevoked_IsOver()
    {
        var token = await api.Worker.Tokens.CreateAsync("to be revoked", CancellationToken.None);
        using var stranger = api.Stranger();
        var session = (await SignInAsync(stranger, token)).Split(';')[0];
        Assert.Equal(HttpStatusCode.NoContent, (await stranger.SendAsync(HttpMethod.Get, "/api/session", null, ("Cookie", session))).StatusCode);
        await Sql.ExecuteAsync(api.Database, "DELETE FROM access_tokens WHERE name = 'to be revoked'");
        await ApiClient.ProblemAsync(await stranger.SendAsync(HttpMethod.Get, "/api/session", null, ("Cookie", session)), HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("http", false)]
    [InlineData("https", true)]
    public void Cookie_OverHttps_IsNeverSentOverHttp(string scheme, bool secure) =>
        Assert.Equal(secure, AccessEndpoints.Options(new DefaultHttpContext { Request = { Scheme = scheme } }).Secure);

    [Fact]
    public async Task Token_AfterUse_IsStoredHashedAndLoggedNowhere()
    {
        using var client = api.Client();
        using var stranger = api.Stranger();
        await client.GetAsync<ServiceInfo>("/api/service");
        await SignInAsync(stranger);
        await stranger.SendAsync(HttpMethod.Get, "/api/tasks", null, ("Authorization", $"Bearer {api.Token}x"));
        var secret = api.Token["cdx_".Length..];
        Assert.Contains(api.Host.Log.Texts, text => text.Contains("/api/service", StringComparison.Ordinal));
        Assert.DoesNotContain(api.Host.Log.Texts, text => text.Contains(secret, StringComparison.Ordinal));
        var rows = await Sql.RowsAsync(api.Database, "SELECT t::text FROM access_tokens t UNION ALL SELECT s::text FROM browser_sessions s");
        Assert.DoesNotContain(rows, row => ((string)row[0]!).Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task SecondStart_OnTheSameDatabase_MakesNoTokenAndKeepsTheFirst()
    {
        await using var second = await ApiHost.StartAsync(api.Database, api.Folder);
        Assert.Null(second.FirstToken);
        using var client = new ApiClient(second.Address, api.Token);
        Assert.Equal(100_000, (await client.GetAsync<ServiceInfo>("/api/service")).MaxPromptLength);
    }

    private async Task<string> SignInAsync(ApiClient stranger, string? token = null)
    {
        var response = await stranger.PostAsync("/api/session", new SignInRequest(token ?? api.Token));
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        return response.Headers.GetValues("Set-Cookie").Single();
    }
}
