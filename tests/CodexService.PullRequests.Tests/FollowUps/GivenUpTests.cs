using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.PullRequests.Pending;
using CodexService.Tasks.FollowUps;
using CodexService.Testing;

namespace CodexService.PullRequests.Tests.FollowUps;

/// <summary>What is asked of a task and cannot be begun.</summary>
public sealed class GivenUpTests(GitHubWorld world) : IClassFixture<GitHubWorld>
{
    [Fact]
    public async Task Look_GitHubAwayForADay_DropsTheFixAndSaysSoOnceInTheTask()
    {
        var (id, head) = await CheckFailsAsync(new GitHubException(GitHubFailure.Unavailable, "GitHub failed to read the checks (status 503)"));

        for (var passed = TimeSpan.Zero; passed <= WaitingWorkPoller.Patience + TimeSpan.FromHours(2); passed += TimeSpan.FromHours(1))
        {
            await world.LookAsync();
            world.Clock.Advance(TimeSpan.FromHours(1));
        }

        var note = Assert.Single(await world.Services.EventsAsync(id), entry => entry.Type == TaskEventTypes.GivenUp);
        Assert.Equal("A follow-up was not begun: given up after 24 hours: GitHub failed to read the checks (status 503)", note.Message);
        Assert.Equal(PendingState.Dropped, Assert.Single(await world.PendingAsync(id)).State);
        world.GitHub.Trouble.TryRemove(head, out _);
    }

    [Fact]
    public async Task Look_GitHubAwayForAWhile_BeginsTheFixWhenItIsBack()
    {
        var (id, head) = await CheckFailsAsync(new GitHubException(GitHubFailure.Unavailable, "GitHub failed to read the checks (status 503)"));
        for (var i = 0; i < 5; i++)
        {
            await world.LookAsync();
            world.Clock.Advance(TimeSpan.FromMinutes(20));
        }

        world.GitHub.Trouble.TryRemove(head, out _);
        await world.LookAsync();

        Assert.Equal(2, (await world.Services.DetailAsync(id)).Prompts.Count);
    }

    [Fact]
    public async Task Look_GitHubRefuses_DropsTheFixAtOnceAndSaysSoInTheTask()
    {
        var (id, _) = await CheckFailsAsync(new GitHubException(GitHubFailure.Permission, "the credentials may not read the checks"));

        await world.LookAsync();

        var note = Assert.Single(await world.Services.EventsAsync(id), entry => entry.Type == TaskEventTypes.GivenUp);
        Assert.Equal("A follow-up was not begun: the credentials may not read the checks", note.Message);
    }

    private async Task<(Guid Task, string Head)> CheckFailsAsync(Exception trouble)
    {
        var (number, head) = (world.Next(), world.Commit());
        var id = await world.PublishedAsync(number, head);
        var check = world.Next();
        world.GitHub.Runs[head] = [new(check, "build", head, "completed", "failure", null)];
        world.GitHub.Trouble[head] = trouble;
        await world.DeliverAsync("check_run", GitHubWorld.Check(check, head));
        return (id, head);
    }
}
