using CodexService.Contracts.Api;
using CodexService.Testing;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Tests.FollowUps;

/// <summary>Deliveries about one issue that are handled at the same time.</summary>
public sealed class SameMomentTests(GitHubWorld world) : IClassFixture<GitHubWorld>
{
    [Fact]
    public async Task Deliver_LabelAndMentionAtOnce_StartOneTask()
    {
        var (issue, readers) = (world.Next(), 0);
        TaskCompletionSource reading = new(), goOn = new();
        world.GitHub.BeforeReading = async number =>
        {
            if (number == issue)
            {
                Interlocked.Increment(ref readers);
                reading.TrySetResult();
                await goOn.Task;
            }
        };

        var label = world.DeliverAsync("issues", Labeled(issue));
        await reading.Task;
        var mention = world.DeliverAsync("issue_comment", GitHubWorld.Mention(issue, world.Next(), "ana", "@codex fix", onPullRequest: false));
        while (Volatile.Read(ref readers) < 2 && !await IsSomebodyWaitingAsync())
        {
            await Task.Yield();
        }

        goOn.SetResult();
        var (first, second) = (await label, await mention);

        await using var db = await world.Services.Contexts.CreateDbContextAsync();
        Assert.Equal(1, await db.TaskOrigins.CountAsync(origin => origin.Number == issue));
        Assert.Equal((DeliveryState.Acted, DeliveryState.Refused, "I am working on it already"), (first.State, second.State, second.Decision));
    }

    private async Task<bool> IsSomebodyWaitingAsync()
    {
        await using var db = await world.Services.Contexts.CreateDbContextAsync();
        return await db.Database.SqlQuery<bool>(
            $"SELECT EXISTS (SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted) AS \"Value\"").SingleAsync();
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
