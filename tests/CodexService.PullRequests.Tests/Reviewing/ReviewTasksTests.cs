using CodexService.Contracts.Api;
using CodexService.PullRequests.Tests.FollowUps;
using CodexService.Tasks.Deliveries;
using CodexService.Testing;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Tests.Reviewing;

/// <summary>Deliveries that ask for a review of somebody's pull request.</summary>
public sealed class ReviewTasksTests(GitHubWorld world) : IClassFixture<GitHubWorld>
{
    private TaskServices Services => world.Services;

    [Fact]
    public async Task Deliver_ReviewOfAForksPullRequest_IsOneReviewTaskOfItsHead()
    {
        var (number, comment) = (world.Next(), world.Next());
        world.GitHub.Pulls[number] = GitHubWorld.Live(number, world.Commit(), branch: "topic", repository: "mallory/shop", author: "mallory") with
        {
            Body = "CANARY",
            Base = new("release", world.Commit()),
        };

        var handled = await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, comment, "ana", "@codex review look at locking <!-- CANARY -->", author: "mallory", text: "CANARY"), times: 3);

        Assert.Equal((DeliveryState.Acted, $"a review of pull request #{number} was started"), (handled.State, handled.Decision));
        await using var db = await Services.Contexts.CreateDbContextAsync();
        var origin = await db.TaskOrigins.SingleAsync(one => one.Number == number);
        Assert.Equal(
            ("acme/shop", 1, true, "ana", comment, $"{FakeGitHub.Url}/pull/{number}", "Fix the pagination"),
            (origin.Repository, origin.RepositoryId, origin.IsPullRequest, origin.RequestedBy, origin.CommentId, origin.Url, origin.Title));
        Assert.Equal(handled.TaskId, origin.TaskId);
        var task = await db.Tasks.SingleAsync(one => one.Id == origin.TaskId);
        Assert.Equal(
            (TaskKind.Review, $"refs/pull/{number}/head", "release", "look at locking", "make test", $"{FakeGitHub.Url}.git"),
            (task.Kind, task.HeadRef, task.BaseRef, task.Prompt, task.TestCommand, task.Repository));
        Assert.Empty(world.GitHub.Said.GetValueOrDefault(number, []));
    }

    [Fact]
    public async Task Deliver_ReviewSaidOnALineOrInAReview_IsAReviewTask()
    {
        var (onLine, inReview) = (Open(), Open());

        var line = await world.DeliverAsync("pull_request_review_comment", GitHubWorld.Line(onLine, world.Next(), "ana", "@codex review"));
        var review = await world.DeliverAsync("pull_request_review", GitHubWorld.Review(inReview, world.Next(), "ana", "@codex review: the names", state: "commented"));

        Assert.Equal((TaskKind.Review, $"Review pull request #{onLine}"), await AskedAsync(line));
        Assert.Equal((TaskKind.Review, "the names"), await AskedAsync(review));
    }

    [Theory]
    [InlineData(false, "closed")]
    [InlineData(true, "merged")]
    public async Task Deliver_ReviewOfAClosedPullRequest_IsRefusedInOneLine(bool isMerged, string state)
    {
        var number = Open();
        world.GitHub.Pulls[number] = world.GitHub.Pulls[number] with { State = "closed", MergedAt = isMerged ? DateTimeOffset.UnixEpoch : null };

        var handled = await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, world.Next(), "ana", "@codex review"), times: 2);

        Assert.Equal((DeliveryState.Refused, $"pull request #{number} is {state}, so there is nothing left to review", null), (handled.State, handled.Decision, handled.TaskId));
        Assert.Contains($" is {state}, so there is nothing left to review", Assert.Single(world.GitHub.Said[number]).Body, StringComparison.Ordinal);
        await using var db = await Services.Contexts.CreateDbContextAsync();
        Assert.False(await db.TaskOrigins.AnyAsync(origin => origin.Number == number));
    }

    [Fact]
    public async Task Deliver_ReviewAskedByAStranger_StartsNothing()
    {
        var number = Open();

        var handled = await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, world.Next(), "mallory", "@codex review"));

        Assert.Equal((DeliveryState.Refused, null), (handled.State, handled.TaskId));
        Assert.StartsWith("Sorry", Assert.Single(world.GitHub.Said[number]).Body, StringComparison.Ordinal);
    }

    private int Open()
    {
        var number = world.Next();
        world.GitHub.Pulls[number] = GitHubWorld.Live(number, world.Commit(), branch: $"topic-{number}", author: "bo");
        return number;
    }

    private async Task<(TaskKind Kind, string Prompt)> AskedAsync(Delivery handled)
    {
        await using var db = await Services.Contexts.CreateDbContextAsync();
        var task = await db.Tasks.SingleAsync(one => one.Id == handled.TaskId);
        return (task.Kind, task.Prompt);
    }
}
