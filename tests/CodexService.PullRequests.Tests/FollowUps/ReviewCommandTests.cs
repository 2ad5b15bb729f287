using CodexService.Contracts.Api;
using CodexService.PullRequests.Deliveries;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.Leases;
using CodexService.Tasks.Submission;
using CodexService.Testing;

namespace CodexService.PullRequests.Tests.FollowUps;

/// <summary>Stop and retry where a pull request has reviews, alone and beside changes.</summary>
public sealed class ReviewCommandTests(GitHubWorld world) : IClassFixture<GitHubWorld>
{
    private TaskServices Services => world.Services;

    [Fact]
    public async Task Deliver_StopWhileAReviewRuns_StopsTheReview()
    {
        var number = world.Next();
        var review = await RunningAsync(number, TaskKind.Review);

        var handled = await SayAsync(number, "@codex stop");

        Assert.Equal((DeliveryState.Acted, "the task was stopped", review.TaskId), (handled.State, handled.Decision, handled.TaskId));
        Assert.True((await Services.DetailAsync(review.TaskId)).CancelRequested);
    }

    [Fact]
    public async Task Deliver_StopWhileOurPullRequestIsReviewed_StopsTheReview()
    {
        var number = world.Next();
        var change = await world.PublishedAsync(number, world.Commit());
        var review = await RunningAsync(number, TaskKind.Review);

        var handled = await SayAsync(number, "@codex stop");

        Assert.Equal((DeliveryState.Acted, review.TaskId), (handled.State, handled.TaskId));
        Assert.Equal(TaskState.Succeeded, (await Services.DetailAsync(change)).Summary.State);
    }

    [Fact]
    public async Task Deliver_StopAfterAStopThatTakesItsTime_StopsTheNextOne()
    {
        var number = world.Next();
        var change = await RunningAsync(number, TaskKind.Change);
        var review = await RunningAsync(number, TaskKind.Review);

        var first = await SayAsync(number, "@codex stop");
        var second = await SayAsync(number, "@codex stop");

        Assert.Equal((review.TaskId, change.TaskId), (first.TaskId, second.TaskId));
        Assert.True((await Services.DetailAsync(change.TaskId)).CancelRequested);
    }

    [Fact]
    public async Task Deliver_StopHandledAgainAfterACrash_StopsNothingElse()
    {
        var number = world.Next();
        var change = await RunningAsync(number, TaskKind.Change);
        var review = await RunningAsync(number, TaskKind.Review);
        var handled = await SayAsync(number, "@codex stop");

        await Services.Get<DeliveryStore>().RedeliverAsync(handled.Id, default);
        await Services.Get<DeliveryHandler>().HandleAsync(handled.Id, default);

        Assert.Equal(review.TaskId, handled.TaskId);
        Assert.False((await Services.DetailAsync(change.TaskId)).CancelRequested);
    }

    [Fact]
    public async Task Deliver_RetryAfterAReviewFailed_RetriesItAndNotTheOlderChange()
    {
        var number = world.Next();
        var change = await RunningAsync(number, TaskKind.Change);
        await Services.FinishAsync(change, AttemptState.Failed);
        var review = await RunningAsync(number, TaskKind.Review);
        await Services.FinishAsync(review, AttemptState.Failed);

        var handled = await SayAsync(number, "@codex retry");

        Assert.Equal((DeliveryState.Acted, "another attempt was started", review.TaskId), (handled.State, handled.Decision, handled.TaskId));
        Assert.Equal(2, (await Services.DetailAsync(review.TaskId)).Attempts.Count);
        Assert.Single((await Services.DetailAsync(change.TaskId)).Attempts);
    }

    [Fact]
    public async Task Deliver_RetryAfterAChangeFailedOnAReviewedPullRequest_RetriesTheChange()
    {
        var number = world.Next();
        var change = await RunningAsync(number, TaskKind.Change);
        var review = await RunningAsync(number, TaskKind.Review);
        await Services.FinishAsync(review, AttemptState.Failed);
        await Services.FinishAsync(change, AttemptState.Failed);

        Assert.Equal(change.TaskId, (await SayAsync(number, "@codex retry")).TaskId);
    }

    private Task<Delivery> SayAsync(int number, string text) => world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, world.Next(), "ana", text));

    /// <summary>A task that was asked for on a pull request of somebody else.</summary>
    private async Task<AttemptLease> RunningAsync(int number, TaskKind kind)
    {
        world.GitHub.Pulls.TryAdd(number, GitHubWorld.Live(number, world.Commit()));
        var submission = TaskServices.Submission() with
        {
            Repository = $"{FakeGitHub.Url}.git",
            Brain = BrainChoice.Model,
            Kind = kind,
            HeadRef = kind == TaskKind.Review ? $"refs/pull/{number}/head" : null,
            Origin = new SubmissionOrigin("acme/shop", number, IsPullRequest: true, "ana", $"{FakeGitHub.Url}/pull/{number}", "Page 2 repeats users", null),
        };
        return await world.ClaimAsync((await Services.Store.SubmitAsync(submission, default)).TaskId);
    }
}
