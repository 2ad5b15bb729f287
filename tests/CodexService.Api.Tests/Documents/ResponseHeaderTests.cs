using System.Net;
using CodexService.Api.Tests.Hosting;

namespace CodexService.Api.Tests.Documents;

public sealed class ResponseHeaderTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData("/")]
    [InlineData("/tasks/0b6d2a4e-0000-7000-8000-000000000000")]
    [InlineData("/health/live")]
    [InlineData("/api/tasks")]
    [InlineData("/api/nothing")]
    public async Task AnyAnswer_CarriesTheHeadersThatKeepABrowserSafe(string path)
    {
        using var stranger = api.Stranger();
        var response = await stranger.SendAsync(HttpMethod.Get, path);
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'self'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src 'unsafe-inline'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
    }

    [Fact]
    public async Task UnexpectedFault_KeepsTheHeaders()
    {
        using var stranger = api.Stranger();
        var response = await stranger.PostTextAsync("/api/session", "nonsense");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
    }

    [Fact]
    public async Task Health_WithoutToken_Answers()
    {
        using var stranger = api.Stranger();
        Assert.Equal(HttpStatusCode.OK, (await stranger.SendAsync(HttpMethod.Get, "/health/live")).StatusCode);
        var ready = await stranger.SendAsync(HttpMethod.Get, "/health/ready");
        var text = await ready.Content.ReadAsStringAsync();
        Assert.True(ready.StatusCode == HttpStatusCode.OK, text);
        Assert.Contains("PostgreSQL answers", text, StringComparison.Ordinal);
    }
}
