using System.Text.Json;
using CodexService.Contracts.Api;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Tests.FollowUps;
using CodexService.Tasks.Deliveries;
using CodexService.Testing;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Tests.Deliveries;

/// <summary>A delivery that somebody recorded and sends again: its signature is good, and its id is not part of what is signed.</summary>
public sealed class ReplayedDeliveryTests(GitHubWorld world) : IClassFixture<GitHubWorld>
{
    private const int Times = 1000;

    [Fact]
    public async Task Handle_LabelUnderAThousandIds_StartsWorkOnce()
    {
        var number = world.Next();
        var body = JsonSerializer.SerializeToUtf8Bytes(Labeled(number));
        var ids = new List<string>();
        for (var i = 0; i < Times; i++)
        {
            ids.Add(Guid.NewGuid().ToString());
            await world.Services.Get<DeliveryStore>().AddAsync(new Delivery { Id = ids[^1], Event = "issues", Body = body }, default);
            await world.Services.Get<DeliveryHandler>().HandleAsync(ids[^1], default);
            if (i == Times / 2)
            {
                // Also when there is nothing to go on with any more.
                await Sql.ExecuteAsync(world.Services.Database, $"UPDATE tasks SET state = 'Failed' WHERE id IN (SELECT task_id FROM task_origins WHERE number = {number})");
            }
        }

        await using var db = await world.Services.Contexts.CreateDbContextAsync();
        var handled = await db.Deliveries.AsNoTracking().Where(one => ids.Contains(one.Id)).Select(one => new { one.Id, one.State }).ToListAsync();
        Assert.Equal(Times, handled.Count);
        Assert.Equal(ids[0], Assert.Single(handled, one => one.State != DeliveryState.Ignored).Id);
        Assert.Equal(1, await db.TaskOrigins.CountAsync(one => one.Number == number));
        var task = await db.Tasks.AsNoTracking().Include(one => one.Attempts).SingleAsync(one => db.TaskOrigins.Any(origin => origin.TaskId == one.Id && origin.Number == number));
        Assert.Single(task.Attempts);
        Assert.Equal(0, await db.PendingFollowUps.CountAsync(one => one.TaskId == task.Id));
        Assert.Empty(world.GitHub.Said.GetValueOrDefault(number, []));
    }

    private static object Labeled(int number) => new
    {
        action = "labeled",
        label = new { name = "codex" },
        issue = new { number, title = "Page 2 repeats users", body = "Steps", state = "open", user = GitHubWorld.User("cy") },
        repository = GitHubWorld.Repo,
        sender = GitHubWorld.User("ana"),
    };
}
