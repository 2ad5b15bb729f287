using CodexService.Contracts.Api;
using CodexService.PullRequests.Deliveries;
using CodexService.Tasks.Deliveries;
using CodexService.Testing;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Tests.FollowUps;

/// <summary>Deliveries about one issue that are handled at the same time.</summary>
public sealed class SameMomentTests(GitHubWorld world) : IClassFixture<GitHubWorld>
{
    [Fact]
    public async Task Deliver_LabelAndMentionAtOnce_StartOneTask()
    {
        var issue = world.Next();
        TaskCompletionSource reading = new(TaskCreationOptions.RunContinuationsAsynchronously), goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        world.GitHub.BeforeReading = async number =>
        {
            if (number == issue)
            {
                reading.TrySetResult();
                await goOn.Task;
            }
        };

        var label = world.DeliverAsync("issues", Labeled(issue));
        await reading.Task;

        // It does not wait for the other, which may take minutes.
        var waiting = await world.DeliverAsync("issue_comment", GitHubWorld.Mention(issue, world.Next(), "ana", "@codex fix", onPullRequest: false));
        Assert.Equal((DeliveryState.Received, 0, DeliveryHandler.Busy), (waiting.State, waiting.Tries, waiting.Decision));

        // The pause is of a few seconds by the database's clock, which goes on: an hour more, so that it cannot be over by the next line.
        Assert.True(waiting.HeldUntil >= waiting.ReceivedAt + TimeSpan.FromSeconds(5), $"held until {waiting.HeldUntil:O}");
        await Sql.ExecuteAsync(world.Services.Database, $"UPDATE deliveries SET held_until = held_until + interval '1 hour' WHERE id = '{waiting.Id}'");
        Assert.DoesNotContain(waiting.Id, await world.Services.Get<DeliveryStore>().WaitingAsync(100, default));
        goOn.SetResult();
        var first = await label;
        await Sql.ExecuteAsync(world.Services.Database, $"UPDATE deliveries SET held_until = NULL WHERE id = '{waiting.Id}'");
        await world.Services.Get<DeliveryHandler>().HandleAsync(waiting.Id, default);

        await using var db = await world.Services.Contexts.CreateDbContextAsync();
        var second = await db.Deliveries.SingleAsync(delivery => delivery.Id == waiting.Id);
        Assert.Equal(1, await db.TaskOrigins.CountAsync(origin => origin.Number == issue));
        Assert.Equal((DeliveryState.Acted, DeliveryState.Refused, "I am working on it already"), (first.State, second.State, second.Decision));
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
