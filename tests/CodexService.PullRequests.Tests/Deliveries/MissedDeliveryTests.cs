using System.Net;
using CodexService.PullRequests.Deliveries;
using CodexService.Tasks.Deliveries;
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
}
