using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.PullRequests.FollowUps;
using CodexService.Tasks.GitHubLink;
using CodexService.Tasks.Persistence;
using CodexService.Testing;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Tests.FollowUps;

/// <summary>Open pull requests that GitHub does not show any more, and shows again.</summary>
public sealed class UnseenPullRequestTests(GitHubWorld world) : IClassFixture<GitHubWorld>, IAsyncLifetime
{
    private readonly HeardLog<OpenPullRequestPoller> log = new();

    private TaskServices Services => world.Services;

    // Those of other tests would be looked at as well.
    public Task InitializeAsync() => Sql.ExecuteAsync(Services.Database, "UPDATE pull_requests SET state = 'Closed'; DELETE FROM installed_repositories");

    public Task DisposeAsync()
    {
        world.GitHub.RepositoryTrouble = null;
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Look_RepositoryIsGone_SaysSoOnceAndAsksLessAndLessOften()
    {
        Guid[] tasks = [await world.PublishedAsync(world.Next(), world.Commit()), await world.PublishedAsync(world.Next(), world.Commit())];
        world.GitHub.RepositoryTrouble = new GitHubException(GitHubFailure.NotFound, "the GitHub App is not installed on acme/shop: install it there, or check the repository's name");
        var before = world.GitHub.RepositoryAsked;

        await LookEveryTenMinutesAsync(TimeSpan.FromHours(12));

        // At once, and after 10, 20, 40, 80, 160, 320 and 640 minutes; both by one question.
        Assert.Equal(8, world.GitHub.RepositoryAsked - before);
        foreach (var task in tasks)
        {
            var note = Assert.Single(await Services.EventsAsync(task), entry => entry.Type == TaskEventTypes.GivenUp);
            Assert.EndsWith(": the GitHub App is not installed on acme/shop: install it there, or check the repository's name", note.Message, StringComparison.Ordinal);
            Assert.Equal(PullRequestState.Open, (await Services.DetailAsync(task)).PullRequest!.State);
        }

        Assert.Equal(2, log.Warnings.Count());
        await LookAfterAsync(TimeSpan.FromDays(31));
        before = world.GitHub.RepositoryAsked;
        await LookAfterAsync(TimeSpan.FromDays(31));
        Assert.Equal(before, world.GitHub.RepositoryAsked);
    }

    [Fact]
    public async Task Look_RepositoryComesBack_GoesOn()
    {
        var (number, head, merge) = (world.Next(), world.Commit(), world.Commit());
        var id = await world.PublishedAsync(number, head);
        world.GitHub.RepositoryTrouble = new GitHubException(GitHubFailure.Suspended, "the GitHub App's installation on acme/shop is suspended");
        await LookAfterAsync(TimeSpan.Zero);
        await LookAfterAsync(TimeSpan.FromDays(3));

        world.GitHub.RepositoryTrouble = null;
        await LookAfterAsync(TimeSpan.FromDays(1));
        Assert.Null(await UnseenSinceAsync(id));
        world.GitHub.Pulls[number] = GitHubWorld.Live(number, head) with { State = "closed", MergedAt = DateTimeOffset.UnixEpoch, MergeCommitSha = merge, MergedBy = new("bo", "User") };
        await LookAfterAsync(TimeSpan.FromMinutes(10));

        Assert.Equal((PullRequestState.Merged, merge), ((await Services.DetailAsync(id)).PullRequest!.State, (await Services.DetailAsync(id)).PullRequest!.MergeCommit));
        Assert.Single(await Services.EventsAsync(id), entry => entry.Type == TaskEventTypes.GivenUp);
    }

    [Fact]
    public async Task Deliver_OfOneThatWasUnseen_GoesOnAtOnce()
    {
        var (number, head) = (world.Next(), world.Commit());
        var id = await world.PublishedAsync(number, head);
        world.GitHub.RepositoryTrouble = new GitHubException(GitHubFailure.NotFound, "not found");
        await LookAfterAsync(TimeSpan.Zero);
        Assert.NotNull(await UnseenSinceAsync(id));

        world.GitHub.RepositoryTrouble = null;
        await world.DeliverAsync("pull_request", GitHubWorld.Changed(number, "synchronize", head));

        Assert.Null(await UnseenSinceAsync(id));
    }

    [Fact]
    public async Task Look_AppWasTakenFromTheRepository_SaysSoWithoutAskingUntilItIsInstalledAgain()
    {
        var (number, links) = (world.Next(), Services.Get<GitHubLinks>());
        var id = await world.PublishedAsync(number, world.Commit());
        await Sql.ExecuteAsync(Services.Database, $"UPDATE pull_requests SET repository_id = 1 WHERE task_id = '{id}'");
        await links.SaveInstalledAsync(5, [(1, "acme/shop")], installed: false, await links.NowAsync(default), default);
        var before = world.GitHub.RepositoryAsked;

        await LookAfterAsync(TimeSpan.Zero);
        await LookAfterAsync(TimeSpan.FromMinutes(10));

        Assert.Equal(before, world.GitHub.RepositoryAsked);
        var note = Assert.Single(await Services.EventsAsync(id), entry => entry.Type == TaskEventTypes.GivenUp);
        Assert.EndsWith(": the GitHub App is no longer installed on acme/shop: install it there again", note.Message, StringComparison.Ordinal);

        await links.SaveInstalledAsync(6, [(1, "acme/shop")], installed: true, await links.NowAsync(default), default);
        await LookAfterAsync(TimeSpan.FromMinutes(10));
        Assert.Null(await UnseenSinceAsync(id));
    }

    [Fact]
    public async Task Look_CredentialsAreRefused_IsNothingThatTasksAreTold()
    {
        var id = await world.PublishedAsync(world.Next(), world.Commit());
        world.GitHub.RepositoryTrouble = new GitHubException(GitHubFailure.Credentials, "GitHub does not accept the credentials");

        await Assert.ThrowsAsync<GitHubException>(() => LookAfterAsync(TimeSpan.Zero));

        Assert.DoesNotContain(await Services.EventsAsync(id), entry => entry.Type == TaskEventTypes.GivenUp);
        Assert.Null(await UnseenSinceAsync(id));
    }

    [Fact]
    public async Task Look_GitHubIsAway_IsNothingThatTasksAreTold()
    {
        var id = await world.PublishedAsync(world.Next(), world.Commit());
        world.GitHub.RepositoryTrouble = new GitHubException(GitHubFailure.Unavailable, "GitHub cannot be reached");

        await LookAfterAsync(TimeSpan.Zero);

        Assert.Null(await UnseenSinceAsync(id));
        Assert.Empty(log.Warnings);
    }

    private async Task LookEveryTenMinutesAsync(TimeSpan during)
    {
        for (var passed = TimeSpan.Zero; passed <= during; passed += TimeSpan.FromMinutes(10))
        {
            await LookAfterAsync(passed > TimeSpan.Zero ? TimeSpan.FromMinutes(10) : TimeSpan.Zero);
        }
    }

    private async Task LookAfterAsync(TimeSpan passed)
    {
        world.Clock.Advance(passed);
        using var poller = new OpenPullRequestPoller(
            Services.Get<OurWork>(), Services.Get<PullRequestFollower>(), world.GitHub.Service, Services.Contexts, Services.Get<TaskStore>(), world.Clock, log);
        await poller.LookAsync(default);
    }

    private async Task<DateTimeOffset?> UnseenSinceAsync(Guid task)
    {
        await using var db = await Services.Contexts.CreateDbContextAsync();
        return await db.PullRequests.Where(pull => pull.TaskId == task).Select(pull => pull.UnseenSince).SingleAsync();
    }
}
