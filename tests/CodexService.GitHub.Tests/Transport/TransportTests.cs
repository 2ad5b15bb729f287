using System.Net;
using System.Text.Json;
using CodexService.GitHub.Configuration;
using CodexService.GitHub.Transport;
using static CodexService.GitHub.Tests.Transport.ScriptedAnswers;

namespace CodexService.GitHub.Tests.Transport;

public sealed class TransportTests : IDisposable
{
    private const string Token = "ghs_canary0123456789";

    private readonly WaitingClock clock = new();
    private readonly List<IDisposable> made = [];

    [Theory]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    public async Task Send_RetryAfter_IsWaitedFor(HttpStatusCode status)
    {
        var (transport, github) = Transport(Json(status, """{"message":"You have exceeded a secondary rate limit"}""", ("Retry-After", "17")), Json(HttpStatusCode.OK, "{}"));

        await transport.SendAsync(Get(), Token, default);

        Assert.Equal([TimeSpan.FromSeconds(17)], clock.Waits);
        Assert.Equal(2, github.Asked.Count);
    }

    [Fact]
    public async Task Send_NothingRemains_WaitsForTheReset()
    {
        var reset = clock.GetUtcNow().AddSeconds(40).ToUnixTimeSeconds();
        var (transport, _) = Transport(
            Json(HttpStatusCode.Forbidden, """{"message":"API rate limit exceeded"}""", ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", $"{reset}")),
            Json(HttpStatusCode.OK, "{}"));

        await transport.SendAsync(Get(), Token, default);

        Assert.Equal([TimeSpan.FromSeconds(41)], clock.Waits);
    }

    [Fact]
    public async Task Send_ResetInAnHour_FailsAtOnceAndSaysWhen()
    {
        var reset = clock.GetUtcNow().AddHours(1).ToUnixTimeSeconds();
        var (transport, github) = Transport(
            Json(HttpStatusCode.Forbidden, """{"message":"API rate limit exceeded"}""", ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", $"{reset}")));

        var failed = await Assert.ThrowsAsync<GitHubException>(() => transport.SendAsync(Get(), Token, default));

        Assert.Equal(GitHubFailure.RateLimited, failed.Failure);
        Assert.True(failed.IsPassing);
        Assert.Equal("GitHub's rate limit is reached; read it again after 3,601 s", failed.Message);
        Assert.Single(github.Asked);
        Assert.Empty(clock.Waits);
    }

    [Fact]
    public async Task Send_SecondaryLimitWithoutATime_WaitsAMinute()
    {
        var (transport, _) = Transport(Json(HttpStatusCode.Forbidden, """{"message":"You have exceeded a secondary rate limit."}"""), Json(HttpStatusCode.OK, "{}"));

        await transport.SendAsync(Get(), Token, default);

        Assert.Equal([TimeSpan.FromMinutes(1)], clock.Waits);
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    public async Task Send_LimitThatAnotherCallMet_IsWaitedForBeforeTheFirstTry(HttpStatusCode status)
    {
        var (transport, github) = Transport(0, Json(status, """{"message":"You have exceeded a secondary rate limit"}""", ("Retry-After", "60")), Json(HttpStatusCode.OK, "{}"));
        await Assert.ThrowsAsync<GitHubException>(() => transport.SendAsync(Get(), Token, default));

        await transport.SendAsync(Get(), "ghp_of_somebody_else", default);
        Assert.Empty(clock.Waits);
        await transport.SendAsync(Post(), Token, default);

        Assert.Equal([TimeSpan.FromSeconds(60)], clock.Waits);
        Assert.Equal(3, github.Asked.Count);
    }

    [Fact]
    public async Task Send_LimitOfAnHourThatAnotherCallMet_FailsWithoutACallUntilItEnds()
    {
        var (transport, github) = Transport(Json(HttpStatusCode.Forbidden, """{"message":"You have exceeded a secondary rate limit"}""", ("Retry-After", "3600")), Json(HttpStatusCode.OK, "{}"));
        await Assert.ThrowsAsync<GitHubException>(() => transport.SendAsync(Get(), Token, default));

        clock.Advance(TimeSpan.FromMinutes(20));
        var failed = await Assert.ThrowsAsync<GitHubException>(() => transport.SendAsync(Post(), Token, default));
        Assert.Equal((GitHubFailure.RateLimited, TimeSpan.FromMinutes(40)), (failed.Failure, failed.RetryAfter));
        Assert.Equal("GitHub's rate limit is reached; make it again after 2,400 s", failed.Message);
        Assert.Single(github.Asked);
        Assert.Empty(clock.Waits);

        clock.Advance(TimeSpan.FromMinutes(40));
        await transport.SendAsync(Post(), Token, default);
        Assert.Equal(2, github.Asked.Count);
    }

    [Theory]
    [InlineData(HttpStatusCode.OK, "core", 41)]
    [InlineData(HttpStatusCode.NotFound, null, 41)]
    [InlineData(HttpStatusCode.OK, "graphql", 0)]
    public async Task Send_AnswerThatUsedUpTheLimit_TheNextCallWaitsForTheReset(HttpStatusCode status, string? resource, int seconds)
    {
        // Their clock is ten minutes ahead.
        var theirs = clock.GetUtcNow().AddMinutes(10);
        (string, string)[] headers = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", $"{theirs.AddSeconds(40).ToUnixTimeSeconds()}"), ("Date", theirs.ToString("R"))];
        var (transport, github) = Transport(0, Json(status, "{}", resource is null ? headers : [.. headers, ("x-ratelimit-resource", resource)]), Json(HttpStatusCode.OK, "{}"));
        await Record.ExceptionAsync(() => transport.SendAsync(Get(), Token, default));

        await transport.SendAsync(Get(), Token, default);

        Assert.Equal(seconds, clock.Waits.Sum(wait => wait.TotalSeconds));
        Assert.Equal(2, github.Asked.Count);
    }

    [Fact]
    public async Task Send_LimitInYears_HoldsForTwoHours()
    {
        var (transport, github) = Transport(Json(HttpStatusCode.TooManyRequests, "{}", ("Retry-After", "100000000")), Json(HttpStatusCode.OK, "{}"));
        var failed = await Assert.ThrowsAsync<GitHubException>(() => transport.SendAsync(Get(), Token, default));
        Assert.Equal(TimeSpan.FromHours(2), failed.RetryAfter);

        clock.Advance(TimeSpan.FromHours(2));
        await transport.SendAsync(Get(), Token, default);

        Assert.Equal(2, github.Asked.Count);
    }

    [Fact]
    public async Task Send_PostThatMayHaveHappened_IsNotRepeated()
    {
        var (transport, github) = Transport(Json(HttpStatusCode.BadGateway, "<html>"), Json(HttpStatusCode.Created, "{}"));

        var failed = await Assert.ThrowsAsync<GitHubException>(() => transport.SendAsync(Post(), Token, default));

        Assert.Equal(GitHubFailure.Unavailable, failed.Failure);
        Assert.Single(github.Asked);
    }

    [Fact]
    public async Task Send_PostThatWasRateLimited_IsRepeated()
    {
        var (transport, github) = Transport(Json(HttpStatusCode.TooManyRequests, "{}", ("Retry-After", "1")), Json(HttpStatusCode.Created, "{}"));

        await transport.SendAsync(Post(), Token, default);

        Assert.Equal(2, github.Asked.Count);
    }

    [Fact]
    public async Task Send_RepeatablePostAfterACut_IsRepeatedWithItsBody()
    {
        var (transport, github) = Transport(CutOff(), Json(HttpStatusCode.BadGateway, "<html>"), Json(HttpStatusCode.Created, "{}"));

        await transport.SendAsync(Post() with { IsRepeatable = true, Body = new { content = "aGk=" } }, Token, default);

        Assert.Equal(3, github.Asked.Count);
        Assert.All(github.Asked, one => Assert.Equal("""{"content":"aGk="}""", one.Body));
        Assert.Equal(2, clock.Waits.Count);
    }

    [Fact]
    public async Task Send_KnownAnswer_IsAskedForConditionally()
    {
        var (transport, github) = Transport(Json(HttpStatusCode.OK, """{"sha":"a"}""", ("ETag", "\"one\"")), _ => new HttpResponseMessage(HttpStatusCode.NotModified));

        var first = await transport.SendAsync<JsonElement>(Get(), Token, default);
        var second = await transport.SendAsync<JsonElement>(Get(), Token, default);

        Assert.Equal(first.ToString(), second.ToString());
        Assert.Equal([null, "\"one\""], github.Asked.Select(one => one.IfNoneMatch));
    }

    [Fact]
    public async Task Send_KnownAnswerOfAnotherToken_IsNotUsed()
    {
        var (transport, github) = Transport(Json(HttpStatusCode.OK, "{}", ("ETag", "\"one\"")));

        await transport.SendAsync(Get(), Token, default);
        await transport.SendAsync(Get(), "ghs_other", default);

        Assert.All(github.Asked, one => Assert.Null(one.IfNoneMatch));
    }

    [Fact]
    public async Task List_ThreePages_AreReadToTheEnd()
    {
        var (transport, github) = Transport(
            Json(HttpStatusCode.OK, "[1,2]", ("Link", "<https://api.test/items?page=2>; rel=\"next\", <https://api.test/items?page=3>; rel=\"last\"")),
            Json(HttpStatusCode.OK, "[3,4]", ("Link", "<https://api.test/items?page=1>; rel=\"prev\", <https://api.test/items?page=3>; rel=\"next\"")),
            Json(HttpStatusCode.OK, "[5]"));

        Assert.Equal([1, 2, 3, 4, 5], await transport.ListAsync<int[], int>(Get(), Token, 100, page => page, default));
        Assert.Equal("https://api.test/items?page=3", github.Asked[2].Address);
    }

    [Theory]
    [InlineData("https://evil.test/items?page=2")]
    [InlineData("https://api.test.evil.test/items")]
    public async Task List_NextPageElsewhere_TheTokenDoesNotGoThere(string elsewhere)
    {
        var (transport, github) = Transport(Json(HttpStatusCode.OK, "[1]", ("Link", $"<{elsewhere}>; rel=\"next\"")));

        Assert.Equal([1], await transport.ListAsync<int[], int>(Get(), Token, 100, page => page, default));
        Assert.Single(github.Asked);
    }

    [Fact]
    public async Task Send_RepositoryWasRenamed_IsFollowedWithMethodAndBody()
    {
        var (transport, github) = Transport(
            Json(HttpStatusCode.TemporaryRedirect, "{}", ("Location", "https://api.test/repositories/7/items")),
            Json(HttpStatusCode.Created, "{}"));

        await transport.SendAsync(Post() with { Body = new { name = "x" } }, Token, default);

        Assert.Equal(("POST", "https://api.test/repositories/7/items", """{"name":"x"}"""), (github.Asked[1].Method, github.Asked[1].Address, github.Asked[1].Body));
    }

    [Fact]
    public async Task Send_RedirectElsewhere_TheTokenDoesNotGoThere()
    {
        var (transport, github) = Transport(Json(HttpStatusCode.Found, "{}", ("Location", "https://evil.test/")));

        await Assert.ThrowsAsync<GitHubException>(() => transport.SendAsync(Get(), Token, default));
        Assert.Single(github.Asked);
    }

    [Theory]
    [InlineData(401, """{"message":"Bad credentials"}""", GitHubFailure.Credentials, "GitHub does not accept the credentials (to read it): Bad credentials; check the token or the App's key")]
    [InlineData(403, """{"message":"Resource not accessible by integration"}""", GitHubFailure.Permission, "the credentials may not read it: Resource not accessible by integration (needed: issues=write)")]
    [InlineData(403, """{"message":"Repository was archived so is read-only."}""", GitHubFailure.Archived, "GitHub refused to read it: the repository is archived, so nothing in it can be changed")]
    [InlineData(404, """{"message":"Not Found"}""", GitHubFailure.NotFound, "GitHub does not find what is needed to read it, or the credentials may not see it: Not Found")]
    [InlineData(409, """{"message":"Git Repository is empty."}""", GitHubFailure.Conflict, "GitHub refused to read it: Git Repository is empty")]
    [InlineData(422, """{"message":"Validation Failed","errors":[{"resource":"PullRequest","code":"custom","message":"A pull request already exists for a:b."}]}""", GitHubFailure.Refused, "GitHub refused to read it: Validation Failed: A pull request already exists for a:b")]
    [InlineData(422, """{"message":"Validation Failed","errors":[{"resource":"Issue","field":"title","code":"missing_field"},"two"]}""", GitHubFailure.Refused, "GitHub refused to read it: Validation Failed: Issue title missing_field; two")]
    [InlineData(400, "<html>proxy</html>", GitHubFailure.Refused, "GitHub refused to read it: the answer is not GitHub's; is GITHUB_API_URL the address of the REST API?")]
    public async Task Send_Refusal_IsOneClearLine(int status, string body, GitHubFailure failure, string line)
    {
        var (transport, github) = Transport(Json((HttpStatusCode)status, body, ("x-accepted-github-permissions", "issues=write")));

        var failed = await Assert.ThrowsAsync<GitHubException>(() => transport.SendAsync(Get(), Token, default));

        Assert.Equal((failure, line), (failed.Failure, failed.Message));
        Assert.Single(github.Asked);
    }

    [Fact]
    public async Task Send_AnswerThatIsNoJson_IsSaid()
    {
        var (transport, _) = Transport(Json(HttpStatusCode.OK, "<html>a proxy's sign-in page</html>"));

        var failed = await Assert.ThrowsAsync<GitHubException>(() => transport.SendAsync<JsonElement>(Get(), Token, default));

        Assert.Equal("GitHub's answer to read it cannot be read; is GITHUB_API_URL the address of the REST API?", failed.Message);
    }

    [Fact]
    public async Task Send_Unreachable_IsRepeatedAndThenSaid()
    {
        var (transport, github) = Transport(CutOff());

        var failed = await Assert.ThrowsAsync<GitHubException>(() => transport.SendAsync(Get(), Token, default));

        Assert.Equal("GitHub cannot be reached at api.test:443 (to read it): the connection was closed; check GITHUB_API_URL and the network", failed.Message);
        Assert.Equal(5, github.Asked.Count);
        Assert.DoesNotContain(Token, failed.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_CallerGivesUp_IsNoFailureOfGitHub()
    {
        using var gone = new CancellationTokenSource();
        var (transport, _) = Transport(_ =>
        {
            gone.Cancel();
            throw new OperationCanceledException(gone.Token);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => transport.SendAsync(Get(), Token, gone.Token));
    }

    public void Dispose() => made.ForEach(one => one.Dispose());

    private static GitHubRequest Get() => new(HttpMethod.Get, "items", "read it");

    private static GitHubRequest Post() => new(HttpMethod.Post, "items", "make it");

    private (GitHubTransport Transport, ScriptedAnswers GitHub) Transport(params Func<HttpRequestMessage, HttpResponseMessage>[] answers) => Transport(new GitHubOptions().Retries, answers);

    private (GitHubTransport Transport, ScriptedAnswers GitHub) Transport(int retries, params Func<HttpRequestMessage, HttpResponseMessage>[] answers)
    {
        var github = new ScriptedAnswers(answers);
        var transport = new GitHubTransport(new HttpClient(github), new GitHubOptions { ApiUrl = new("https://api.test/"), Retries = retries }, clock);
        made.Add(transport);
        return (transport, github);
    }
}
