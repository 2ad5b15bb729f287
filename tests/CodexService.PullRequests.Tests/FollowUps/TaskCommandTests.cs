using CodexService.Contracts.Api;
using CodexService.PullRequests.Deliveries;
using CodexService.PullRequests.FollowUps;
using CodexService.PullRequests.Forges;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.FollowUps;
using CodexService.Tasks.PullRequests;
using CodexService.Testing;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Tests.FollowUps;

/// <summary>Stop, retry and approve, on issues and on our pull requests.</summary>
public sealed class TaskCommandTests(GitHubWorld world) : IClassFixture<GitHubWorld>
{
    private TaskServices Services => world.Services;

    [Fact]
    public async Task Deliver_StopOnTheIssue_StopsTheTask()
    {
        var issue = world.Next();
        var lease = await world.RunningAsync(issue);

        var handled = await world.DeliverAsync("issue_comment", GitHubWorld.Mention(issue, world.Next(), "ana", "@codex stop", onPullRequest: false), times: 3);
        var mallory = await world.DeliverAsync("issue_comment", GitHubWorld.Mention(issue, world.Next(), "mallory", "@codex retry", onPullRequest: false));

        Assert.Equal((DeliveryState.Acted, "the task was stopped", lease.TaskId), (handled.State, handled.Decision, handled.TaskId));
        Assert.True((await Services.DetailAsync(lease.TaskId)).CancelRequested);
        Assert.Single(await Services.EventsAsync(lease.TaskId), entry => entry.Type == TaskEventTypes.CancelRequested);
        Assert.Equal(DeliveryState.Refused, mallory.State);
    }

    [Fact]
    public async Task Deliver_StopWithFeedbackWaiting_StartsNothingAfterwards()
    {
        var number = world.Next();
        var id = await world.PublishedAsync(number, world.Commit());
        await world.DeliverAsync("pull_request_review", GitHubWorld.Review(number, world.Next(), "ana", "First"));
        await world.DeliverAsync("pull_request_review", GitHubWorld.Review(number, world.Next(), "ana", "Second"));

        await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, world.Next(), "ana", "@codex stop"));
        await world.LookAsync();

        Assert.Equal((TaskState.Cancelled, 2), ((await Services.DetailAsync(id)).LastRound!.State, (await Services.DetailAsync(id)).Prompts.Count));
        Assert.Contains(await world.PendingAsync(id), asked => asked is { State: PendingState.Dropped, Outcome: "the task was stopped afterwards" });
    }

    [Fact]
    public async Task Deliver_FeedbackAfterAStopThatTakesItsTime_IsWorkedOnOnceTheWorkHasEnded()
    {
        var number = world.Next();
        var id = await world.PublishedAsync(number, world.Commit());
        await world.DeliverAsync("pull_request_review", GitHubWorld.Review(number, world.Next(), "ana", "First"));
        var lease = await world.ClaimAsync(id);
        await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, world.Next(), "ana", "@codex stop"));
        await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, world.Next(), "ana", "@codex use the other parser instead"));

        await Services.FinishAsync(lease, AttemptState.Cancelled, "stopped by a person");
        await world.LookAsync();

        var task = await Services.DetailAsync(id);
        Assert.Equal((TaskState.Queued, 3), (task.Summary.State, task.Prompts.Count));
        Assert.Contains("use the other parser instead", task.Prompts[2].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deliver_StopOfAnEndedTask_SaysSo()
    {
        var number = world.Next();
        await world.PublishedAsync(number, world.Commit());

        var handled = await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, world.Next(), "ana", "@codex stop"));

        Assert.Equal((DeliveryState.Refused, "The task cannot be cancelled: it is succeeded."), (handled.State, handled.Decision));
        Assert.Single(world.GitHub.Said[number]);
    }

    [Fact]
    public async Task Deliver_Retry_IsOneRound()
    {
        var issue = world.Next();
        var lease = await world.RunningAsync(issue);
        await Services.FinishAsync(lease, AttemptState.NoChange);
        var mention = GitHubWorld.Mention(issue, world.Next(), "ana", "@codex retry", onPullRequest: false);

        var handled = await world.DeliverAsync("issue_comment", mention);
        await Services.FinishAsync(await world.ClaimAsync(lease.TaskId), AttemptState.NoChange);
        await world.DeliverAsync("issue_comment", mention, times: 3);

        // The very delivery again, as after a crash between the retry and its note.
        await Services.Get<DeliveryStore>().RedeliverAsync(handled.Id, default);
        await Services.Get<DeliveryHandler>().HandleAsync(handled.Id, default);

        Assert.Equal((DeliveryState.Acted, "another attempt was started"), (handled.State, handled.Decision));
        Assert.Equal(2, (await Services.DetailAsync(lease.TaskId)).Attempts.Count);
        await using var db = await Services.Contexts.CreateDbContextAsync();
        Assert.Equal(DeliveryState.Acted, (await db.Deliveries.SingleAsync(delivery => delivery.Id == handled.Id)).State);
    }

    [Fact]
    public async Task Deliver_ApproveOfHeldPaths_PutsThemOnTheBranchOnce()
    {
        var (number, head, approved) = (world.Next(), world.Commit(), world.Commit());
        var id = await world.PublishedAsync(number, head, held: [".github/workflows/ci.yml"]);
        world.Forge.Approved = approved;
        world.Forge.Approvals.Clear();
        Assert.Equal(HeadTree.HeldLeftOut, await world.HeadTreeAsync(id));

        var handled = await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, world.Next(), "ana", "@codex approve"), times: 2);
        var again = await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, world.Next(), "ana", "@codex approve"));

        var task = await Services.DetailAsync(id);
        Assert.Equal((DeliveryState.Acted, "1 held path was put on the branch"), (handled.State, handled.Decision));
        Assert.Equal(DeliveryState.Refused, again.State);
        Assert.Equal((approved, 0), (task.PullRequest!.HeadCommit, task.PullRequest.HeldForApproval.Count));
        Assert.Equal(HeadTree.Verified, await world.HeadTreeAsync(id));
        var asked = Assert.Single(world.Forge.Approvals);
        Assert.Equal((number, head, "ana"), (asked.PullRequest.Number, asked.PullRequest.HeadCommit, asked.ApprovedBy));
        Assert.Equal("1111111111111111111111111111111111111111", Assert.Single(asked.Changes).BaseCommit);
        Assert.Contains(await Services.EventsAsync(id), entry => entry.Message == "ana approved .github/workflows/ci.yml");
    }

    [Fact]
    public async Task Deliver_ApproveOfAWorkflow_OffersItsPatchInOneComment()
    {
        const string Patch = "diff --git a/.github/workflows/ci.yml b/.github/workflows/ci.yml\n+```\n+</details> @everyone\n";
        var (number, head) = (world.Next(), world.Commit());
        var id = await world.PublishedAsync(number, head, held: ["CODEOWNERS", ".github/workflows/ci.yml"]);
        world.Forge.Approved = world.Commit();
        world.Forge.ByHand = new PatchByHand([".github/workflows/ci.yml"], "GitHub lets me write no workflow files", Patch);

        var handled = await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, world.Next(), "ana", "@codex approve"), times: 3);

        world.Forge.ByHand = null;
        Assert.Equal(
            (DeliveryState.Acted, "1 held path was put on the branch; GitHub lets me write no workflow files. Apply the change of .github/workflows/ci.yml by hand"),
            (handled.State, handled.Decision));
        var said = Assert.Single(world.GitHub.Said[number]).Body;
        Assert.StartsWith("GitHub lets me write no workflow files. Apply the change of .github/workflows/ci.yml by hand. The rest of what you approved is on the branch.\n\n<details>", said, StringComparison.Ordinal);

        // Nothing in the patch ends its block.
        Assert.Contains($"\n````diff\n{Patch}````\n\n</details>\n", said, StringComparison.Ordinal);
        Assert.Empty((await Services.DetailAsync(id)).PullRequest!.HeldForApproval);
        Assert.Equal(HeadTree.HeldLeftOut, await world.HeadTreeAsync(id));
        Assert.Contains(await Services.EventsAsync(id), entry => entry.Message == "ana approved CODEOWNERS, .github/workflows/ci.yml; to be applied by hand: .github/workflows/ci.yml");
    }

    [Fact]
    public async Task Deliver_ApproveOfNothingButHeldPaths_SaysThatItIsAppliedByHand()
    {
        const string Patch = "diff --git a/CODEOWNERS b/CODEOWNERS\nindex 1111111..2222222 100644\n--- a/CODEOWNERS\n+++ b/CODEOWNERS\n@@ -1 +1 @@\n-* @ana\n+* @bo\n";
        var issue = world.Next();
        var lease = await world.RunningAsync(issue);
        await Services.SucceedAsync(lease);
        await using var db = await Services.Contexts.CreateDbContextAsync();
        await db.AttemptResults.Where(result => result.AttemptId == lease.AttemptId).ExecuteUpdateAsync(result => result.SetProperty(one => one.Patch, Patch));
        await Services.Store.ChangeAsync(lease.TaskId, (task, now, _) => task.FailPublishing("apply it by hand", now), default);

        var handled = await world.DeliverAsync("issue_comment", GitHubWorld.Mention(issue, world.Next(), "ana", "@codex approve", onPullRequest: false));

        Assert.Equal(DeliveryState.Refused, handled.State);
        Assert.EndsWith("Apply it by hand: its patch is in the comment on the task", handled.Decision, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deliver_ApproveAfterARoundThatCouldNotBePublished_LeavesThatRoundOut()
    {
        var number = world.Next();
        var id = await world.PublishedAsync(number, world.Commit(), held: ["CODEOWNERS"]);
        await world.DeliverAsync("pull_request_review", GitHubWorld.Review(number, world.Next(), "ana", "Refused"));
        await Services.SucceedAsync(await world.ClaimAsync(id));
        await Services.Store.ChangeAsync(id, (task, now, _) => task.FailPublishing("somebody rewrote the branch", now), default);
        await world.DeliverAsync("pull_request_review", GitHubWorld.Review(number, world.Next(), "ana", "Published"));
        await Services.SucceedAsync(await world.ClaimAsync(id));
        await Services.Store.ChangeAsync(id, (task, now, _) => task.MovePullRequest(new PullRequestHead(world.Commit(), "body", ["CODEOWNERS"]), now), default);
        await using var db = await Services.Contexts.CreateDbContextAsync();
        var pull = await db.PullRequests.SingleAsync(one => one.TaskId == id);

        var named = await PublishedChanges.ReadAsync(db, id, pull, default);
        await Sql.ExecuteAsync(Services.Database, $"""
            ALTER TABLE task_events DISABLE TRIGGER task_events_append_only;
            UPDATE task_events SET data = data - 'attempt' WHERE task_id = '{id}';
            ALTER TABLE task_events ENABLE TRIGGER task_events_append_only;
            """);
        var unnamed = await PublishedChanges.ReadAsync(db, id, pull, default);

        Assert.Equal(3, (await Services.DetailAsync(id)).Attempts.Count(attempt => attempt.State == AttemptState.Succeeded));
        Assert.Equal((2, 2), (named.Count, unnamed.Count));
    }

    [Fact]
    public async Task Deliver_ApproveSaidBeforeThePullRequestChanged_IsRefused()
    {
        var (number, head) = (world.Next(), world.Commit());
        var id = await world.PublishedAsync(number, head, held: [".github/workflows/ci.yml"]);
        world.Forge.Approvals.Clear();

        var handled = await world.DeliverAsync(
            "issue_comment",
            GitHubWorld.Mention(number, world.Next(), "ana", "@codex approve"),
            meanwhile: () => Services.Store.ChangeAsync(id, (task, _, _) => task.PushedOnForge(world.Commit(), "bo"), default));

        Assert.Equal((DeliveryState.Refused, "the pull request changed after this was said; look at it and approve again"), (handled.State, handled.Decision));
        Assert.Empty(world.Forge.Approvals);
    }

    [Fact]
    public async Task Deliver_ApproveByPeopleWithoutWriteAccess_ChangesNothing()
    {
        var (number, head) = (world.Next(), world.Commit());
        var id = await world.PublishedAsync(number, head, held: [".github/workflows/ci.yml"]);
        world.Forge.Approvals.Clear();

        await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, world.Next(), "mallory", "@codex approve"));

        Assert.Empty(world.Forge.Approvals);
        Assert.Equal(head, (await Services.DetailAsync(id)).PullRequest!.HeadCommit);
    }
}
