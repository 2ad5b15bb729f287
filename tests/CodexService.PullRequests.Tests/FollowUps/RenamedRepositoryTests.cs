using CodexService.Contracts.Api;
using CodexService.GitHub.Rest;
using CodexService.Tasks.GitHubLink;
using CodexService.Testing;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Tests.FollowUps;

/// <summary>Repositories that get another name, and what is known of them.</summary>
public sealed class RenamedRepositoryTests(GitHubWorld world) : IClassFixture<GitHubWorld>
{
    [Theory]
    [InlineData("https://github.com/acme/next.js", "https://github.com/acme/after.js")]
    [InlineData("https://github.com/Acme/Next.js.git", "https://github.com/acme/after.js.git")]
    [InlineData("git@github.com:acme/next.js.git", "git@github.com:acme/after.js.git")]
    public async Task SaveTriggers_NewName_IsGivenToWhatIsOfThatRepositoryAlone(string before, string after)
    {
        var (mine, other, id) = (await StoredAsync(before), await StoredAsync("https://github.com/acme/next-js"), (long)world.Next());
        await Sql.ExecuteAsync(world.Services.Database, $"UPDATE pull_requests SET repository_id = {id} WHERE task_id = '{mine}'; UPDATE pull_requests SET repository_id = {world.Next()} WHERE task_id = '{other}'");
        var links = world.Services.Get<GitHubLinks>();
        await links.SaveTriggersAsync(id, "acme/next.js", Triggers(), isDefault: true, default);

        await links.SaveTriggersAsync(id, "acme/after.js", Triggers(), isDefault: true, default);
        await links.SaveTriggersAsync(id, "acme/after.js", Triggers(), isDefault: true, default);

        await using var db = await world.Services.Contexts.CreateDbContextAsync();
        var addresses = await db.PullRequests.Where(pull => pull.TaskId == mine || pull.TaskId == other).ToDictionaryAsync(pull => pull.TaskId, pull => pull.Repository);
        Assert.Equal((after, "https://github.com/acme/next-js"), (addresses[mine], addresses[other]));
    }

    [Fact]
    public async Task Deliver_PullRequestOfARepositoryThatWasDeleted_IsNotTheOneOfThatNumberInTheNewOne()
    {
        var number = world.Next();
        var id = await world.PublishedAsync(number, world.Commit());
        await Sql.ExecuteAsync(world.Services.Database, $"UPDATE pull_requests SET repository_id = 999 WHERE task_id = '{id}'; UPDATE task_origins SET repository_id = 999 WHERE task_id = '{id}'");

        var handled = await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, world.Next(), "ana", "@codex stop"));
        await world.Services.Get<CodexService.PullRequests.FollowUps.OpenPullRequestPoller>().LookAsync(default);
        world.GitHub.Pulls[number] = world.GitHub.Pulls[number] with { State = "closed" };
        await world.Services.Get<CodexService.PullRequests.FollowUps.OpenPullRequestPoller>().LookAsync(default);

        Assert.Equal((DeliveryState.Ignored, "there is nothing to stop"), (handled.State, handled.Decision));
        Assert.Equal(PullRequestState.Open, (await world.Services.DetailAsync(id)).PullRequest!.State);
        var note = Assert.Single(await world.Services.EventsAsync(id), entry => entry.Type == TaskEventTypes.GivenUp);
        Assert.EndsWith("acme/shop is another repository by now than the one that this task worked on; what was there is left to people", note.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OurWork_RepositoryWithAnotherName_IsFoundByItsId()
    {
        var work = world.Services.Get<CodexService.PullRequests.FollowUps.OurWork>();
        var info = new RepositoryInfo(world.Next(), "acme/after", "main", Private: false, Archived: false, "https://github.example.com/acme/after", "https://github.example.com/acme/after.git");
        var (mine, madeAnew) = (await StoredAsync(info.CloneUrl), await StoredAsync(info.CloneUrl));
        await Sql.ExecuteAsync(
            world.Services.Database,
            $"""
            UPDATE pull_requests SET repository_id = {info.Id}, repository = 'https://github.example.com/acme/before.git' WHERE task_id = '{mine}';
            UPDATE pull_requests SET repository_id = {world.Next()} WHERE task_id = '{madeAnew}';
            """);

        Assert.Equal([mine], (await work.OnBaseAsync(info, "main", default)).Select(pull => pull.TaskId));
        await Sql.ExecuteAsync(
            world.Services.Database,
            $"UPDATE tasks SET state = 'Publishing', repository = 'https://github.example.com/acme/before.git' WHERE id = '{mine}'; UPDATE tasks SET state = 'Publishing', repository = '{info.CloneUrl}' WHERE id = '{madeAnew}'");
        var publishing = await work.PublishingAsync(info, default);
        await Sql.ExecuteAsync(world.Services.Database, $"UPDATE tasks SET state = 'Succeeded' WHERE id IN ('{mine}', '{madeAnew}')");
        Assert.Equal([mine], publishing);
    }

    [Fact]
    public async Task OurWork_PublishingForTheFirstTime_IsFoundByTheIdOfTheIssueElseByTheAddress()
    {
        var work = world.Services.Get<CodexService.PullRequests.FollowUps.OurWork>();
        var info = new RepositoryInfo(world.Next(), "acme/later", "main", Private: false, Archived: false, "https://github.example.com/acme/later", "https://github.example.com/acme/later.git");
        var (asked, elsewhere) = ((await world.RunningAsync(world.Next())).TaskId, (await world.RunningAsync(null)).TaskId);
        await Sql.ExecuteAsync(
            world.Services.Database,
            $"""
            UPDATE tasks SET state = 'Publishing' WHERE id IN ('{asked}', '{elsewhere}');
            UPDATE task_origins SET repository_id = {info.Id} WHERE task_id = '{asked}';
            UPDATE tasks SET repository = '{info.HtmlUrl}' WHERE id = '{elsewhere}';
            """);

        var publishing = await work.PublishingAsync(info, default);
        await Sql.ExecuteAsync(world.Services.Database, $"UPDATE tasks SET state = 'Failed' WHERE id IN ('{asked}', '{elsewhere}')");

        Assert.Equal(new[] { asked, elsewhere }.Order(), publishing.Order());
    }

    private async Task<Guid> StoredAsync(string repository)
    {
        var id = await world.PublishedAsync(world.Next(), world.Commit());
        await Sql.ExecuteAsync(world.Services.Database, $"UPDATE pull_requests SET repository = '{repository}' WHERE task_id = '{id}'");
        return id;
    }

    private static RepositoryTriggers Triggers() => new(DateTimeOffset.UnixEpoch, "defaults", "codex", true, true, true, 3, [], null, 1, null);
}
