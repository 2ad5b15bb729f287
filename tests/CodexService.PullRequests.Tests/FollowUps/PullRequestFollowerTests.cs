using System.Text.Json;
using CodexService.Contracts.Api;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.FollowUps;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.FollowUps;
using CodexService.Tasks.PullRequests;
using CodexService.Testing;

namespace CodexService.PullRequests.Tests.FollowUps;

/// <summary>Merges, closings, reopenings and pushes of people: the database follows GitHub, in whatever order deliveries come.</summary>
public sealed class PullRequestFollowerTests(GitHubWorld world) : IClassFixture<GitHubWorld>
{
    private TaskServices Services => world.Services;

    [Fact]
    public async Task Deliver_MergedWhileAFollowUpRuns_StopsItAndKeepsTheMerge()
    {
        var (number, head, merge) = (world.Next(), world.Commit(), world.Commit());
        var id = await world.PublishedAsync(number, head);
        await world.DeliverAsync("pull_request_review", GitHubWorld.Review(number, world.Next(), "ana", "Name it"));
        var lease = await world.ClaimAsync(id);
        world.GitHub.Pulls[number] = GitHubWorld.Live(number, head) with { State = "closed", MergedAt = DateTimeOffset.UnixEpoch, MergeCommitSha = merge, MergedBy = new("bo", "User") };

        var handled = await world.DeliverAsync("pull_request", GitHubWorld.Changed(number, "closed", head), times: 4);
        var late = await world.DeliverAsync("pull_request_review", GitHubWorld.Review(number, world.Next(), "ana", "And this"));

        var task = await Services.DetailAsync(id);
        Assert.Equal((DeliveryState.Acted, DeliveryState.Acted), (handled.State, late.State));
        Assert.Equal((PullRequestState.Merged, merge, true), (task.PullRequest!.State, task.PullRequest.MergeCommit, task.CancelRequested));
        Assert.Single(await Services.EventsAsync(id), entry => entry.Message == $"bo merged pull request #{number} into main");

        await Services.FinishAsync(lease, AttemptState.Cancelled, "stopped by a person");
        await world.LookAsync();
        Assert.Equal((TaskState.Cancelled, 2), ((await Services.DetailAsync(id)).LastRound!.State, (await Services.DetailAsync(id)).Prompts.Count));
    }

    [Fact]
    public async Task Deliver_ClosedAndReopenedInAnyOrder_EndsAsItIsOnGitHub()
    {
        var (number, head) = (world.Next(), world.Commit());
        var id = await world.PublishedAsync(number, head);
        world.GitHub.Pulls[number] = GitHubWorld.Live(number, head) with { State = "closed" };
        await world.DeliverAsync("pull_request", GitHubWorld.Changed(number, "closed", head, second: 1));
        Assert.Equal(PullRequestState.Closed, (await Services.DetailAsync(id)).PullRequest!.State);

        world.GitHub.Pulls[number] = GitHubWorld.Live(number, head);
        await world.DeliverAsync("pull_request", GitHubWorld.Changed(number, "reopened", head, second: 2));
        await world.DeliverAsync("pull_request", GitHubWorld.Changed(number, "closed", head, second: 1), times: 3);

        Assert.Equal(PullRequestState.Open, (await Services.DetailAsync(id)).PullRequest!.State);
        Assert.Single(await Services.EventsAsync(id), entry => entry.Type == TaskEventTypes.PullRequestReopened);
    }

    [Fact]
    public async Task Deliver_PushOfSomebodyElse_MovesTheHeadAndTheNextFollowUpStartsThere()
    {
        var (number, ours, theirs) = (world.Next(), world.Commit(), world.Commit());
        var id = await world.PublishedAsync(number, ours);
        world.GitHub.Pulls[number] = GitHubWorld.Live(number, theirs);

        await world.DeliverAsync("pull_request", GitHubWorld.Changed(number, "synchronize", theirs, sender: "cy"), times: 3);
        await world.DeliverAsync("pull_request_review", GitHubWorld.Review(number, world.Next(), "ana", "Name it"));

        var task = await Services.DetailAsync(id);
        Assert.Equal((theirs, theirs), (task.PullRequest!.HeadCommit, task.Prompts[1].BaseCommit));
        Assert.Single(await Services.EventsAsync(id), entry => entry.Type == TaskEventTypes.PullRequestPushed && entry.Message.StartsWith("cy pushed", StringComparison.Ordinal));
        Assert.Equal(HeadTree.PushedByOthers, await world.HeadTreeAsync(id));
        await world.FinishRoundAsync(id, world.Commit());
        Assert.Equal(HeadTree.Verified, await world.HeadTreeAsync(id));
    }

    [Fact]
    public async Task Deliver_PushWhileTheBranchIsPublished_IsLookedAtAfterwards()
    {
        var (number, ours, theirs) = (world.Next(), world.Commit(), world.Commit());
        var id = await world.PublishedAsync(number, ours);
        await world.DeliverAsync("pull_request_review", GitHubWorld.Review(number, world.Next(), "ana", "Name it"));
        await Services.SucceedAsync(await world.ClaimAsync(id));
        var second = world.Commit();
        world.GitHub.Pulls[number] = GitHubWorld.Live(number, theirs);

        await world.DeliverAsync("pull_request", GitHubWorld.Changed(number, "synchronize", theirs, sender: "cy"));
        await world.LookAsync();
        Assert.Equal(ours, (await Services.DetailAsync(id)).PullRequest!.HeadCommit);
        await Services.Store.ChangeAsync(id, (task, now, _) => task.MovePullRequest(new PullRequestHead(second, "body", []), now), default);
        await world.LookAsync();
        await world.LookAsync();

        Assert.Equal(theirs, (await Services.DetailAsync(id)).PullRequest!.HeadCommit);
        Assert.Single(await Services.EventsAsync(id), entry => entry.Type == TaskEventTypes.PullRequestPushed);
    }

    [Fact]
    public async Task Look_WhatHappenedWhileTheServiceWasAway_IsFollowed()
    {
        var (merged, closed, pushed, gone) = (world.Next(), world.Next(), world.Next(), world.Next());
        var (head, theirs, merge) = (world.Commit(), world.Commit(), world.Commit());
        var missing = await world.PublishedAsync(gone, world.Commit());
        var tasks = new[] { await world.PublishedAsync(merged, head), await world.PublishedAsync(closed, world.Commit()), await world.PublishedAsync(pushed, world.Commit()) };
        world.GitHub.Pulls.Remove(gone, out _);
        world.GitHub.Pulls[merged] = GitHubWorld.Live(merged, head) with { State = "closed", MergedAt = DateTimeOffset.UnixEpoch, MergeCommitSha = merge, MergedBy = new("bo", "User") };
        world.GitHub.Pulls[closed] = GitHubWorld.Live(closed, head) with { State = "closed" };
        world.GitHub.Pulls[pushed] = GitHubWorld.Live(pushed, theirs);

        await Services.Get<OpenPullRequestPoller>().LookAsync(default);

        var pulls = await Task.WhenAll(tasks.Select(async id => (await Services.DetailAsync(id)).PullRequest!));
        Assert.Equal([PullRequestState.Merged, PullRequestState.Closed, PullRequestState.Open], pulls.Select(pull => pull.State));
        Assert.Equal((merge, theirs), (pulls[0].MergeCommit, pulls[2].HeadCommit));
        Assert.Equal(PullRequestState.Open, (await Services.DetailAsync(missing)).PullRequest!.State);
    }

    [Theory]
    [InlineData(true, HeadTree.Verified)]
    [InlineData(false, HeadTree.PushedByOthers)]
    public async Task Look_CommitOfAnApprovalThatIsToBeTriedAgain_IsNobodysPushUntilThatHasEnded(bool succeeds, HeadTree expected)
    {
        var (number, head, added) = (world.Next(), world.Commit(), world.Commit());
        var id = await world.PublishedAsync(number, head, held: ["CODEOWNERS"]);
        world.GitHub.Commits[added] = new GitCommit(added, $"Add what was held back for approval\n\nCodex-Approval: {id:D}\n", new GitObject("tree"), [new GitObject(head)]);
        world.GitHub.Pulls[number] = GitHubWorld.Live(number, added);
        var approval = new Delivery
        {
            Id = Guid.NewGuid().ToString(),
            Event = "issue_comment",
            Repository = "acme/shop",
            Body = JsonSerializer.SerializeToUtf8Bytes(GitHubWorld.Mention(number, world.Next(), "ana", "@codex approve")),
        };
        await Services.Get<DeliveryStore>().AddAsync(approval, default);

        await Services.Get<OpenPullRequestPoller>().LookAsync(default);
        await world.DeliverAsync("pull_request", GitHubWorld.Changed(number, "synchronize", added));
        await world.LookAsync();

        Assert.Equal((head, HeadTree.HeldLeftOut), ((await Services.DetailAsync(id)).PullRequest!.HeadCommit, await world.HeadTreeAsync(id)));
        Assert.Equal(PendingState.Collecting, Assert.Single(await world.PendingAsync(id), asked => asked.Kind == PendingKind.Head).State);

        world.Forge.Approved = succeeds ? added : null;
        await Services.Get<DeliveryHandler>().HandleAsync(approval.Id, default);
        await world.LookAsync();

        Assert.Equal((added, expected), ((await Services.DetailAsync(id)).PullRequest!.HeadCommit, await world.HeadTreeAsync(id)));
        Assert.Equal(PendingState.Dropped, Assert.Single(await world.PendingAsync(id), asked => asked.Kind == PendingKind.Head).State);
    }

    [Fact]
    public async Task Deliver_PullRequestsThatAreNotOurs_StartNothing()
    {
        var number = world.Next();

        var early = await world.DeliverAsync("pull_request", GitHubWorld.Changed(number, "synchronize", world.Commit()));
        var other = await world.DeliverAsync("pull_request_review", GitHubWorld.Review(number, world.Next(), "ana", "Name it"));

        Assert.Equal((DeliveryState.Ignored, DeliveryState.Ignored), (early.State, other.State));
    }

    [Fact]
    public async Task Look_ClosedHere_IsClosedOnItsForgeOnce()
    {
        var (number, head) = (world.Next(), world.Commit());
        var id = await world.PublishedAsync(number, head);
        await Services.Store.ChangeAsync(id, (task, now, _) => task.ClosePullRequest(now), default);

        // GitHub does not know yet, and tells of something else.
        await world.DeliverAsync("pull_request", GitHubWorld.Changed(number, "synchronize", head));
        await world.LookAsync();
        await world.LookAsync();

        Assert.Equal(PullRequestState.Closed, (await Services.DetailAsync(id)).PullRequest!.State);
        Assert.Single(world.Forge.Closed, closed => closed == number);
    }
}
