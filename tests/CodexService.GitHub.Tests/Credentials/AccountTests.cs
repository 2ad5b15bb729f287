using System.Net;
using CodexService.GitHub.Configuration;
using CodexService.GitHub.Credentials;
using CodexService.GitHub.Tests.Transport;
using CodexService.Testing;

namespace CodexService.GitHub.Tests.Credentials;

/// <summary>Whose a personal token is, and how often GitHub is asked for it.</summary>
public sealed class AccountTests
{
    private readonly TestClock clock = new();

    [Theory]
    [InlineData("2027-01-31 12:00:00 UTC", "2027-01-31T12:00:00Z")]
    [InlineData("2027-01-31 12:00:00 +0200", "2027-01-31T10:00:00Z")]
    [InlineData("some day", null)]
    [InlineData(null, null)]
    public async Task GetAccount_OfAToken_TellsItsEndWhereGitHubDoes(string? told, string? expected)
    {
        (string, string)[] headers = told is null ? [] : [("github-authentication-token-expiration", told)];
        using var github = Connection(ScriptedAnswers.Json(HttpStatusCode.OK, """{"login":"ann","html_url":"https://github.example.com/ann","name":"Ann"}""", headers), out var asked);

        var account = await github.GetAccountAsync(default);

        Assert.Equal(("ann", "ann"), (account.Login, account.Name));
        Assert.Equal(expected is null ? null : DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), account.ExpiresAt);
        Assert.Equal(("GET", "https://github.example.com/api/v3/user"), (asked.Asked[0].Method, asked.Asked[0].Address));
        Assert.Equal("ann", await github.GetLoginAsync(default));
        Assert.Single(asked.Asked);
    }

    [Fact]
    public async Task GetLogin_TokenThatIsRefused_IsShownToGitHubOnceAMinute()
    {
        using var github = Connection(ScriptedAnswers.Json(HttpStatusCode.Unauthorized, """{"message":"Bad credentials"}"""), out var asked);
        for (var call = 0; call < 10; call++)
        {
            var failed = await Assert.ThrowsAsync<GitHubException>(() => github.GetLoginAsync(default));
            Assert.Equal((GitHubFailure.Credentials, "Bad credentials", true), (failed.Failure, failed.Said, failed.IsAnswer));
        }

        Assert.Single(asked.Asked);
        clock.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<GitHubException>(() => github.GetLoginAsync(default));
        Assert.Equal(2, asked.Asked.Count);
    }

    [Fact]
    public async Task GetAccount_GitHubFails_IsAskedOnceAndForgotten()
    {
        using var github = Connection(ScriptedAnswers.Json(HttpStatusCode.BadGateway, "<html>"), out var asked);

        var failed = await Assert.ThrowsAsync<GitHubException>(() => github.GetAccountAsync(default));
        Assert.False(failed.IsAnswer);
        await Assert.ThrowsAsync<GitHubException>(() => github.GetAccountAsync(default));

        Assert.Equal(2, asked.Asked.Count);
    }

    private GitHubConnection Connection(Func<HttpRequestMessage, HttpResponseMessage> answer, out ScriptedAnswers asked) => new(
        new GitHubSecrets.Token("ghp_canary"), new GitHubOptions { ApiUrl = new Uri("https://github.example.com/api/v3/") }, asked = new ScriptedAnswers(answer), clock);
}
