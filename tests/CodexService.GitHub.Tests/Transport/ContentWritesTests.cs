using System.Net;
using CodexService.GitHub.Configuration;
using CodexService.GitHub.Transport;
using CodexService.Testing;
using static CodexService.GitHub.Tests.Transport.ScriptedAnswers;

namespace CodexService.GitHub.Tests.Transport;

/// <summary>GitHub's secondary limit on what creates content: 80 in a minute. That a place is free again after the minute is the limiter's own.</summary>
public sealed class ContentWritesTests : IDisposable
{
    private const string Token = "ghs_canary0123456789";

    private readonly ScriptedAnswers github = new(Json(HttpStatusCode.OK, "{}"));

    [Theory]
    [InlineData("POST")]
    [InlineData("PATCH")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Send_OneMoreThanTheDefault_WaitsAndReadsDoNot(string method)
    {
        using var transport = new GitHubTransport(
            new HttpClient(github, disposeHandler: false), new GitHubOptions { ApiUrl = new("https://api.test/") }, new TestClock());
        for (var i = 0; i < 70; i++)
        {
            await transport.SendAsync(Write(method), Token, default);
        }

        using var impatient = new CancellationTokenSource();
        var next = transport.SendAsync(Write(method), Token, impatient.Token);
        await transport.SendAsync(new GitHubRequest(HttpMethod.Get, "items", "read it"), Token, default);

        Assert.False(next.IsCompleted);
        Assert.Equal((71, "GET"), (github.Asked.Count, github.Asked[70].Method));
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    public void Dispose() => github.Dispose();

    private static GitHubRequest Write(string method) => new(new HttpMethod(method), "items", "change it");
}
