using System.Net;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Tests.FollowUps;
using CodexService.Tasks.Deliveries;
using CodexService.Testing;
using CodexService.Testing.GitHub;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace CodexService.PullRequests.Tests.Deliveries;

/// <summary>What GitHub could not deliver while the service was away.</summary>
[Collection(EmulatedWorldTests.Name)]
public sealed class MissedDeliveryTests(EmulatedWorld world)
{
    [Fact]
    public async Task Look_DeliveriesThatNeverCame_AreAskedForUntilTheyDo()
    {
        var (status, came) = (HttpStatusCode.ServiceUnavailable, new List<string>());
        await using var receiver = WebApplication.CreateSlimBuilder().Build();
        receiver.Urls.Add("http://127.0.0.1:0");
        receiver.MapPost("/hook", (HttpRequest request) =>
        {
            came.Add(request.Headers["X-GitHub-Delivery"].ToString());
            return Results.StatusCode((int)status);
        });
        await receiver.StartAsync();
        var repository = await world.RepositoryAsync();
        await world.Emulator.Control.AddHookAsync(new Uri(receiver.Urls.Single() + "/hook"), "secret", repository, ["issues"]);
        await world.Emulator.OpenIssueAsync(repository, "ann", "First", "b");
        await world.Emulator.OpenIssueAsync(repository, "ann", "Second", "b");
        await world.Emulator.Control.DeliveriesAsync();
        var lost = came.ToArray();
        Assert.Equal(2, lost.Length);

        // One of them was stored, though its answer was lost.
        await world.Services.Get<DeliveryStore>().AddAsync(new Delivery { Id = lost[0], Event = "issues", Body = "{}"u8.ToArray() }, default);
        came.Clear();
        status = HttpStatusCode.Accepted;
        var poller = world.Services.Get<MissedDeliveryPoller>();
        await poller.LookAsync(default);
        Assert.Equal([lost[1]], came);

        // It is listed as failed still; that it came is known.
        await world.Services.Get<DeliveryStore>().AddAsync(new Delivery { Id = lost[1], Event = "issues", Body = "{}"u8.ToArray() }, default);
        await poller.LookAsync(default);
        Assert.Single(came);
        await world.Emulator.Control.RemoveHooksAsync();
    }

    [Fact]
    public async Task Poll_KeyIsWrong_IsShownLessAndLessOftenAndToldOnceUntilItWorked()
    {
        var (clock, github, log) = (new TestClock(), new GitHubOfFailedDeliveries(), new HeardLog<MissedDeliveryPoller>());
        using var poller = Poller(github, clock, log);
        github.Trouble = new GitHubException(GitHubFailure.Credentials, "GitHub does not accept the credentials");

        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromDays(1); passed += TimeSpan.FromMinutes(1))
        {
            await poller.LookWhenDueAsync(default);
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.InRange(github.Listed, 24, 35);
        Assert.Equal(["Asking GitHub for missed deliveries failed (GitHub does not accept the credentials); tried again with growing pauses"], log.Warnings);

        var before = github.Listed;
        github.Generation++;
        await poller.LookWhenDueAsync(default);
        Assert.Equal((before + 1, 2), (github.Listed, log.Warnings.Count()));

        github.Trouble = null;
        clock.Advance(TimeSpan.FromSeconds(5));
        await poller.LookWhenDueAsync(default);
        clock.Advance(TimeSpan.FromMinutes(9));
        await poller.LookWhenDueAsync(default);
        Assert.Equal(before + 2, github.Listed);
        clock.Advance(TimeSpan.FromMinutes(1));
        await poller.LookWhenDueAsync(default);
        Assert.Equal((before + 3, 2), (github.Listed, log.Warnings.Count()));
    }

    [Fact]
    public async Task Poll_ALimitOfGitHub_IsWaitedFor()
    {
        var (clock, github) = (new TestClock(), new GitHubOfFailedDeliveries());
        using var poller = Poller(github, clock, new HeardLog<MissedDeliveryPoller>());
        github.Trouble = new GitHubException(GitHubFailure.RateLimited, "GitHub's rate limit is reached") { RetryAfter = TimeSpan.FromMinutes(40) };

        await poller.LookWhenDueAsync(default);
        clock.Advance(TimeSpan.FromMinutes(39));
        await poller.LookWhenDueAsync(default);
        Assert.Equal(1, github.Listed);
        clock.Advance(TimeSpan.FromMinutes(1));
        await poller.LookWhenDueAsync(default);
        Assert.Equal(2, github.Listed);
    }

    [Fact]
    public async Task Look_GitHubDoesNotDeliverAgain_IsAskedAndToldOnce()
    {
        var (clock, github, log) = (new TestClock(), new GitHubOfFailedDeliveries(), new HeardLog<MissedDeliveryPoller>());
        using var poller = Poller(github, clock, log);
        github.Failed.Add(new HookDelivery(7, $"{Guid.NewGuid()}", clock.GetUtcNow(), 503));

        await poller.LookAsync(default);
        clock.Advance(TimeSpan.FromDays(1));
        await poller.LookAsync(default);

        Assert.Equal((2, 1), (github.Listed, github.Redelivered));
        Assert.Single(log.Warnings);
    }

    private MissedDeliveryPoller Poller(GitHubOfFailedDeliveries github, TestClock clock, HeardLog<MissedDeliveryPoller> log) =>
        new(Fake<IGitHub>.Of(github), world.Services.Get<DeliveryStore>(), world.Services.Contexts, clock, log);

    /// <summary>Says what could not be delivered, and delivers nothing again.</summary>
    private sealed class GitHubOfFailedDeliveries
    {
        public Exception? Trouble { get; set; }

        public int Generation { get; set; }

        public int Listed { get; private set; }

        public int Redelivered { get; private set; }

        public List<HookDelivery> Failed { get; } = [];

        public Task<IReadOnlyList<HookDelivery>> ListFailedDeliveriesAsync(CancellationToken cancellationToken)
        {
            Listed++;
            return Trouble is null ? Task.FromResult<IReadOnlyList<HookDelivery>>(Failed) : throw Trouble;
        }

        public Task RedeliverAsync(long id, CancellationToken cancellationToken)
        {
            Redelivered++;
            throw new GitHubException(GitHubFailure.Refused, "GitHub refused to ask for a delivery once more: it is too old");
        }
    }
}
