using System.Net;
using CodexService.GitHub.Configuration;
using CodexService.GitHub.Transport;
using CodexService.Testing;
using static CodexService.GitHub.Tests.Transport.ScriptedAnswers;

namespace CodexService.GitHub.Tests.Transport;

/// <summary>GitHub's secondary limit on what creates content: 80 in a minute.</summary>
public sealed class ContentWritesTests : IDisposable
{
    private const string Token = "ghs_canary0123456789";

    // One that waits where it must not would wait for ever: the clock stands still.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestClock clock = new();
    private readonly ScriptedAnswers github = new(Json(HttpStatusCode.OK, "{}"));

    [Theory]
    [InlineData("POST")]
    [InlineData("PATCH")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Send_OneMoreThanTheDefault_WaitsForTheMinuteToEndAndReadsDoNot(string method)
    {
        using var transport = Transport(new GitHubOptions());
        for (var i = 0; i < 70; i++)
        {
            await transport.SendAsync(Write(method), Token, default).WaitAsync(Patience);
        }

        var next = transport.SendAsync(Write(method), Token, default);
        await clock.WaitedForAsync(TimeSpan.FromMinutes(1)).WaitAsync(Patience);
        await transport.SendAsync(new GitHubRequest(HttpMethod.Get, "items", "read it"), Token, default);
        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(71, github.Asked.Count);
        clock.Advance(TimeSpan.FromSeconds(1));
        await next.WaitAsync(Patience);

        Assert.Equal((72, "GET", method), (github.Asked.Count, github.Asked[70].Method, github.Asked[71].Method));
    }

    [Fact]
    public async Task Send_SeveralWait_EachGoesOnAMinuteAfterTheOneWhosePlaceItTakes()
    {
        using var transport = Transport(new GitHubOptions { ContentWritesPerMinute = 3 });
        await transport.SendAsync(Write("POST"), Token, default).WaitAsync(Patience);
        await transport.SendAsync(Write("POST"), Token, default).WaitAsync(Patience);
        clock.Advance(TimeSpan.FromSeconds(30));
        await transport.SendAsync(Write("POST"), Token, default).WaitAsync(Patience);

        var waiting = Enumerable.Range(0, 3).Select(_ => transport.SendAsync(Write("POST"), Token, default)).ToList();
        await clock.WaitedForAsync(TimeSpan.FromSeconds(30)).WaitAsync(Patience);
        clock.Advance(TimeSpan.FromSeconds(30));
        waiting.Remove(await Task.WhenAny(waiting).WaitAsync(Patience));
        waiting.Remove(await Task.WhenAny(waiting).WaitAsync(Patience));
        await clock.WaitedForAsync(TimeSpan.FromSeconds(30)).WaitAsync(Patience);
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(5, github.Asked.Count);
        clock.Advance(TimeSpan.FromSeconds(1));
        await waiting.Single().WaitAsync(Patience);

        Assert.Equal(6, github.Asked.Count);
    }

    [Fact]
    public async Task Send_WaitingAndGivenUp_TakesNobodysPlace()
    {
        using var transport = Transport(new GitHubOptions { ContentWritesPerMinute = 1 });
        await transport.SendAsync(Write("POST"), Token, default).WaitAsync(Patience);
        using var impatient = new CancellationTokenSource();
        var second = transport.SendAsync(Write("POST"), Token, impatient.Token);
        var third = transport.SendAsync(Write("PUT"), Token, default);

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await clock.WaitedForAsync(TimeSpan.FromMinutes(1)).WaitAsync(Patience);
        clock.Advance(TimeSpan.FromMinutes(1));
        await third.WaitAsync(Patience);

        Assert.Equal(["POST", "PUT"], github.Asked.Select(one => one.Method));
    }

    public void Dispose() => github.Dispose();

    private static GitHubRequest Write(string method) => new(new HttpMethod(method), "items", "change it");

    private GitHubTransport Transport(GitHubOptions options)
    {
        options.ApiUrl = new("https://api.test/");
        return new GitHubTransport(new HttpClient(github, disposeHandler: false), options, clock);
    }
}
