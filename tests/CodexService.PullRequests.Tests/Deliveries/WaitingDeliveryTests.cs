using System.Globalization;
using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Tests.FollowUps;
using CodexService.Tasks.Deliveries;
using CodexService.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CodexService.PullRequests.Tests.Deliveries;

/// <summary>What people are told of a delivery that waits for GitHub.</summary>
[Collection(EmulatedWorldTests.Name)]
public sealed class WaitingDeliveryTests(EmulatedWorld world)
{
    private readonly TestClock clock = new();
    private readonly HeardLog<DeliveryHandler> log = new();

    [Fact]
    public async Task HandleAsync_GitHubIsAway_TellsTheNextTryAndTheEndAndLogsEachReasonOnce()
    {
        var away = new Away();
        var handler = ActivatorUtilities.CreateInstance<DeliveryHandler>(
            world.Services.Get<IServiceProvider>(), Fake<IGitHub>.Of(away), clock, (ILogger<DeliveryHandler>)log);
        var id = Guid.NewGuid().ToString();
        await world.Services.Get<DeliveryStore>().AddAsync(
            new Delivery
            {
                Id = id,
                Event = "issues",
                Body = """{"action":"labeled","issue":{"number":7,"title":"t","body":"b","state":"open"},"label":{"name":"codex"},"repository":{"id":1,"full_name":"acme/none"},"sender":{"login":"ann","type":"User"}}"""u8.ToArray(),
            },
            default);

        List<string> told = [];
        for (var tries = 1; tries <= 16; tries++)
        {
            away.Message = tries < 3 ? "GitHub cannot be reached at 127.0.0.1:9" : "GitHub failed (status 503)";
            await handler.HandleAsync(id, default);
            told.Add(await DecisionAsync(id));
            await Sql.ExecuteAsync(world.Services.Database, $"UPDATE deliveries SET held_until = NULL WHERE id = '{id}'");
        }

        var (next, end) = (clock.GetUtcNow().AddSeconds(5), clock.GetUtcNow().AddSeconds(1275 + (7 * 900)));
        Assert.Equal(
            string.Create(CultureInfo.InvariantCulture, $"GitHub cannot be reached at 127.0.0.1:9; tried again at {next:HH:mm:ss} UTC, given up at about {end:HH:mm} UTC"),
            told[0]);
        Assert.NotEqual(told[0], told[1]);
        Assert.Equal("GitHub failed (status 503)", told[^1]);
        Assert.Equal(
            [$"Delivery {id} waits: {told[0]}", $"Delivery {id} waits: {told[2]}", $"Delivery {id} could not be handled: {told[^1]}"],
            log.Warnings);
    }

    private async Task<string> DecisionAsync(string id)
    {
        await using var db = await world.Services.Contexts.CreateDbContextAsync();
        return (await db.Deliveries.AsNoTracking().SingleAsync(delivery => delivery.Id == id)).Decision!;
    }

    // A fake: a GitHub that cannot be asked.
    private sealed class Away
    {
        public string Message { get; set; } = "";

        public static GitHubAccess Access => GitHubAccess.App;

        public IGitHubRepository Repository(RepositoryName name) => throw new GitHubException(GitHubFailure.Unavailable, Message);
    }
}
