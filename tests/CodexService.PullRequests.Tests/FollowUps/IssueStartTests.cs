using CodexService.Contracts.Api;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Deliveries;
using CodexService.Tasks.Attempts;
using CodexService.Testing;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Tests.FollowUps;

/// <summary>Starts that GitHub tells of late, again or in another order, and mentions where there is nothing to do.</summary>
public sealed class IssueStartTests(GitHubWorld world) : IClassFixture<GitHubWorld>
{
    private const string Earlier = "2020-01-01T10:00:00Z";
    private const string Later = "2020-01-01T12:00:00Z";

    private TaskServices Services => world.Services;

    [Theory]
    [InlineData("closed", "is closed by now")]
    [InlineData("unlabeled", "the label codex was taken off again")]
    [InlineData("gone", "is gone")]
    [InlineData("moved", "was moved to another repository")]
    public async Task Deliver_LabelOfAnIssueThatIsNotAsItWasThen_StartsNothing(string now, string why)
    {
        var issue = world.Next();
        world.GitHub.Issues[issue] = now switch
        {
            "gone" => null,
            "closed" => new IssueInfo(issue, "closed") { Labels = [new IssueLabel("codex")] },
            "moved" => new IssueInfo(issue + 1_000_000, "open") { Labels = [new IssueLabel("codex")] },
            _ => new IssueInfo(issue, "open") { Labels = [new IssueLabel("bug")] },
        };

        var handled = await world.DeliverAsync("issues", IssuePayloads.Labeled(issue, Earlier));

        Assert.Equal(DeliveryState.Ignored, handled.State);
        Assert.EndsWith(why, handled.Decision, StringComparison.Ordinal);
        Assert.Empty(await TasksAsync(issue));

        // The very label again starts it once that is mended.
        world.GitHub.Issues.TryRemove(issue, out _);
        Assert.Equal(DeliveryState.Acted, (await world.DeliverAsync("issues", IssuePayloads.Labeled(issue, Earlier))).State);
    }

    [Fact]
    public async Task Deliver_AssignmentThatWasTakenBack_StartsNothing()
    {
        var issue = world.Next();
        world.GitHub.Issues[issue] = new IssueInfo(issue, "open") { Assignees = [new UserInfo("bo", "User")] };

        var handled = await world.DeliverAsync("issues", IssuePayloads.Assigned(issue, Earlier));

        Assert.Equal((DeliveryState.Ignored, "the assignment was taken back"), (handled.State, handled.Decision));
    }

    [Fact]
    public async Task Deliver_Mention_AsksForNoIssue()
    {
        var issue = world.Next();

        Assert.Equal(DeliveryState.Acted, (await world.DeliverAsync("issue_comment", IssuePayloads.Said(issue, world.Next(), Earlier, "@codex fix"))).State);

        Assert.DoesNotContain(issue, world.GitHub.IssuesAsked.Keys);
    }

    [Theory]
    [InlineData("label")]
    [InlineData("mention")]
    [InlineData("same second")]
    public async Task Deliver_StopBeforeTheStartThatItWasSaidAfter_LetsNothingBegin(string start)
    {
        var issue = world.Next();
        var stop = await world.DeliverAsync("issue_comment", IssuePayloads.Said(issue, world.Next(), Later, "@codex stop"));
        var overtaken = start == "mention"
            ? await world.DeliverAsync("issue_comment", IssuePayloads.Said(issue, world.Next(), Earlier, "@codex fix the page size"))
            : await world.DeliverAsync("issues", IssuePayloads.Labeled(issue, start == "same second" ? Later : Earlier));

        Assert.Equal((DeliveryState.Ignored, "there is nothing to stop"), (stop.State, stop.Decision));
        Assert.Equal(start == "mention" ? DeliveryState.Refused : DeliveryState.Ignored, overtaken.State);
        Assert.Equal("it was said to stop after this was asked for; ask again if it is still wanted", overtaken.Decision);
        Assert.Empty(await TasksAsync(issue));

        // What is asked for afterwards is done.
        Assert.Equal(DeliveryState.Acted, (await world.DeliverAsync("issues", IssuePayloads.Labeled(issue, "2020-01-01T12:00:01Z"))).State);
    }

    [Fact]
    public async Task Deliver_StopOnThePullRequest_HoldsForTheIssue()
    {
        var (issue, number) = (world.Next(), world.Next());
        var lease = await world.RunningAsync(issue);
        await world.PublishedAsync(lease, number, world.Commit());

        await world.DeliverAsync("issue_comment", IssuePayloads.Said(number, world.Next(), Later, "@codex stop", onPullRequest: true));
        var late = await world.DeliverAsync("issue_comment", IssuePayloads.Said(issue, world.Next(), Earlier, "@codex name it better"));

        Assert.Equal(DeliveryState.Refused, late.State);
        Assert.Single((await Services.DetailAsync(lease.TaskId)).Attempts);
    }

    [Fact]
    public async Task Deliver_StartAndStopThatBothComeLate_AreStopped()
    {
        var issue = world.Next();
        var start = await world.DeliverAsync("issues", IssuePayloads.Labeled(issue, Earlier));
        await Services.FinishAsync(await world.ClaimAsync(start.TaskId!.Value), AttemptState.NoChange);
        await world.DeliverAsync("issue_comment", IssuePayloads.Said(issue, world.Next(), "2020-01-01T11:00:00Z", "@codex look at the cart"));
        await world.ClaimAsync(start.TaskId!.Value);

        var stop = await world.DeliverAsync("issue_comment", IssuePayloads.Said(issue, world.Next(), Later, "@codex stop"));

        Assert.Equal((DeliveryState.Acted, "the task was stopped"), (stop.State, stop.Decision));
        Assert.True((await Services.DetailAsync(start.TaskId!.Value)).CancelRequested);
    }

    [Theory]
    [InlineData("start", Later)]
    [InlineData("follow-up", Later)]
    public async Task Deliver_StopSaidBeforeWhatRuns_LetsItRun(string runs, string at)
    {
        var issue = world.Next();
        var start = await world.DeliverAsync("issues", IssuePayloads.Labeled(issue, runs == "start" ? at : Earlier));
        var id = start.TaskId!.Value;
        if (runs == "follow-up")
        {
            await Services.FinishAsync(await world.ClaimAsync(id), AttemptState.NoChange);
            await world.DeliverAsync("issue_comment", IssuePayloads.Said(issue, world.Next(), at, "@codex look at the cart"));
        }

        var stop = await world.DeliverAsync("issue_comment", IssuePayloads.Said(issue, world.Next(), "2020-01-01T11:59:30Z", "@codex stop"));

        Assert.Equal((DeliveryState.Refused, "other work began after this was said; look at it and say stop again"), (stop.State, stop.Decision));
        Assert.False((await Services.DetailAsync(id)).CancelRequested);
    }

    [Fact]
    public async Task Deliver_LabelOnceMoreAfterTheMerge_StartsAnotherTask()
    {
        var (issue, number) = (world.Next(), world.Next());
        var first = await world.DeliverAsync("issues", IssuePayloads.Labeled(issue, Earlier));
        await world.PublishedAsync(await world.ClaimAsync(first.TaskId!.Value), number, world.Commit());
        var early = await world.DeliverAsync("issues", IssuePayloads.Labeled(issue, "2020-01-01T11:00:00Z"));
        await Services.Store.ChangeAsync(first.TaskId!.Value, (task, now, _) => task.MergedOnForge(world.Commit(), "bo", now), default);

        var second = await world.DeliverAsync("issues", IssuePayloads.Labeled(issue, Later), times: 3);
        var late = await world.DeliverAsync("issues", IssuePayloads.Labeled(issue, "2020-01-01T10:00:20Z", sender: "bo"));

        Assert.Equal((DeliveryState.Ignored, $"issue #{issue} is worked on already"), (early.State, early.Decision));
        Assert.Equal((DeliveryState.Acted, DeliveryState.Ignored), (second.State, late.State));
        Assert.Equal([first.TaskId!.Value, second.TaskId!.Value], await TasksAsync(issue));
    }

    [Fact]
    public async Task Deliver_LabelWhileTheTaskIsBeingStopped_WaitsAndStartsAnother()
    {
        var issue = world.Next();
        var first = await world.DeliverAsync("issues", IssuePayloads.Labeled(issue, Earlier));
        var lease = await world.ClaimAsync(first.TaskId!.Value);
        await world.DeliverAsync("issue_comment", IssuePayloads.Said(issue, world.Next(), "2020-01-01T11:00:00Z", "@codex stop"));

        var again = await world.DeliverAsync("issues", IssuePayloads.Labeled(issue, Later));
        Assert.Equal((DeliveryState.Received, 0, $"it waits for the end of the work on issue #{issue} that is being stopped"), (again.State, again.Tries, again.Decision));

        await Services.FinishAsync(lease, AttemptState.Cancelled);
        await Sql.ExecuteAsync(Services.Database, $"UPDATE deliveries SET held_until = NULL WHERE id = '{again.Id}'");
        await Services.Get<DeliveryHandler>().HandleAsync(again.Id, default);
        Assert.Equal(2, (await TasksAsync(issue)).Count);
    }

    [Fact]
    public async Task Deliver_LabelAndAssignmentTogether_AreOneRequestHoweverFastItEnds()
    {
        var issue = world.Next();
        var label = await world.DeliverAsync("issues", IssuePayloads.Labeled(issue, Earlier));
        await Services.FinishAsync(await world.ClaimAsync(label.TaskId!.Value), AttemptState.NoChange);

        var assignment = await world.DeliverAsync("issues", IssuePayloads.Assigned(issue, "2020-01-01T10:00:03Z"));

        Assert.Equal((DeliveryState.Ignored, $"issue #{issue} was worked on for this already"), (assignment.State, assignment.Decision));
        Assert.Equal(DeliveryState.Acted, (await world.DeliverAsync("issues", IssuePayloads.Labeled(issue, Later))).State);
    }

    [Fact]
    public async Task Deliver_ReopenedWithItsLabel_StartsAnotherTask()
    {
        var (issue, number) = (world.Next(), world.Next());
        await world.PublishedAsync(number, world.Commit(), issue);
        await Services.Store.ChangeAsync((await TasksAsync(issue))[0], (task, now, _) => task.MergedOnForge(world.Commit(), "bo", now), default);

        var handled = await world.DeliverAsync("issues", IssuePayloads.Labeled(issue, "2040-01-01T10:00:00Z", action: "reopened"));

        Assert.Equal(DeliveryState.Ignored, handled.State);
        await Sql.ExecuteAsync(Services.Database, $"UPDATE task_origins SET said_at = '2020-01-01T10:00:00Z' WHERE number = {issue}");
        Assert.Equal(DeliveryState.Acted, (await world.DeliverAsync("issues", IssuePayloads.Labeled(issue, Later, action: "reopened"))).State);
        Assert.Equal(2, (await TasksAsync(issue)).Count);
    }

    [Theory]
    [InlineData("@codex stop", "There is nothing to stop here: nothing is being worked on.")]
    [InlineData("@codex retry", "There is nothing to try again here: no task came from this. Say what should be done.")]
    [InlineData("@codex approve", "Nothing waits for an approval here.")]
    [InlineData("@codex review", "I review pull requests; this is an issue. Ask for it on the pull request.")]
    public async Task Deliver_MentionWhereThereIsNothingToDo_IsAnsweredOnce(string said, string line)
    {
        var (issue, comment) = (world.Next(), world.Next());

        var handled = await world.DeliverAsync("issue_comment", IssuePayloads.Said(issue, comment, Earlier, said), times: 3);

        Assert.Equal(DeliveryState.Ignored, handled.State);
        Assert.StartsWith(line, Assert.Single(world.GitHub.Said[issue]).Body, StringComparison.Ordinal);

        // Nobody without write access gets more than the one line that says so.
        var strange = world.Next();
        await world.DeliverAsync("issue_comment", GitHubWorld.Mention(strange, world.Next(), "mallory", said, onPullRequest: false));
        Assert.StartsWith("Sorry", Assert.Single(world.GitHub.Said[strange]).Body, StringComparison.Ordinal);
    }

    private async Task<List<Guid>> TasksAsync(int issue)
    {
        await using var db = await Services.Contexts.CreateDbContextAsync();
        return await db.TaskOrigins.Where(origin => origin.Number == issue).OrderBy(origin => origin.TaskId).Select(origin => origin.TaskId).ToListAsync();
    }
}
