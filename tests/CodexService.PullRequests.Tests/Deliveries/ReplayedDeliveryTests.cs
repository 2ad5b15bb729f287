using System.Text.Json;
using CodexService.Contracts.Api;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.Tests.FollowUps;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Deliveries;
using CodexService.Testing;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Tests.Deliveries;

/// <summary>A delivery that somebody recorded and sends again: its signature is good, and its id is not part of what is signed.</summary>
public sealed class ReplayedDeliveryTests(GitHubWorld world) : IClassFixture<GitHubWorld>
{
    private const int Times = 1000;

    private TaskServices Services => world.Services;

    [Fact]
    public async Task Handle_LabelUnderAThousandIds_StartsWorkOnce()
    {
        var number = world.Next();

        // Also when there is nothing to go on with any more.
        await ReplayAsync("issues", IssuePayloads.Labeled(number, null), () => Sql.ExecuteAsync(
            Services.Database, $"UPDATE tasks SET state = 'Failed' WHERE id IN (SELECT task_id FROM task_origins WHERE number = {number})"));

        await using var db = await Services.Contexts.CreateDbContextAsync();
        Assert.Equal(1, await db.TaskOrigins.CountAsync(one => one.Number == number));
        var task = await db.Tasks.AsNoTracking().Include(one => one.Attempts).SingleAsync(one => db.TaskOrigins.Any(origin => origin.TaskId == one.Id && origin.Number == number));
        Assert.Single(task.Attempts);
        Assert.Equal(0, await db.PendingFollowUps.CountAsync(one => one.TaskId == task.Id));
        Assert.Empty(world.GitHub.Said.GetValueOrDefault(number, []));
    }

    [Fact]
    public async Task Handle_RetryUnderAThousandIds_RetriesOnce()
    {
        var issue = world.Next();
        var lease = await world.RunningAsync(issue);
        await Services.FinishAsync(lease, AttemptState.Failed);

        // Also when what it began has failed, too.
        await ReplayAsync("issue_comment", GitHubWorld.Mention(issue, world.Next(), "ana", "@codex retry", onPullRequest: false), async () =>
            await Services.FinishAsync(await world.ClaimAsync(lease.TaskId), AttemptState.Failed));

        var task = await Services.DetailAsync(lease.TaskId);
        Assert.Equal((TaskState.Failed, 2), (task.Summary.State, task.Attempts.Count));
        Assert.Empty(world.GitHub.Said.GetValueOrDefault(issue, []));
    }

    [Fact]
    public async Task Handle_ReviewUnderAThousandIds_IsOneRound()
    {
        var (number, head) = (world.Next(), world.Commit());
        var id = await world.PublishedAsync(number, world.Commit());

        await ReplayAsync("pull_request_review", GitHubWorld.Review(number, world.Next(), "ana", "Name it better"), () => world.FinishRoundAsync(id, head));
        await world.LookAsync();

        Assert.Equal(2, (await Services.DetailAsync(id)).Prompts.Count);
        Assert.Single(await world.PendingAsync(id));
        Assert.Empty(world.GitHub.Said.GetValueOrDefault(number, []));
    }

    // The first one does it, and the rest nothing, also after what it began has ended.
    private async Task ReplayAsync(string name, object payload, Func<Task> end)
    {
        var id = Guid.NewGuid().ToString();
        await Services.Get<DeliveryStore>().AddAsync(new Delivery { Id = id, Event = name, Body = JsonSerializer.SerializeToUtf8Bytes(payload) }, default);
        await Sql.ExecuteAsync(Services.Database, $"""
            INSERT INTO deliveries (id, event, action, repository, number, sender, body, state, tries)
            SELECT '{id}-' || n, event, action, repository, number, sender, body, state, tries FROM deliveries, generate_series(1, {Times - 1}) AS n WHERE id = '{id}'
            """);
        string[] ids = [id, .. Enumerable.Range(1, Times - 1).Select(n => $"{id}-{n}")];
        for (var i = 0; i < Times; i++)
        {
            await Services.Get<DeliveryHandler>().HandleAsync(ids[i], default);
            if (i == Times / 2)
            {
                await end();
            }
        }

        await using var db = await Services.Contexts.CreateDbContextAsync();
        var handled = await db.Deliveries.AsNoTracking().Where(one => ids.Contains(one.Id)).Select(one => new { one.Id, one.State }).ToListAsync();
        Assert.Equal(Times, handled.Count);
        Assert.Equal((ids[0], DeliveryState.Acted), (Assert.Single(handled, one => one.State != DeliveryState.Ignored).Id, handled.Single(one => one.Id == ids[0]).State));
    }
}
