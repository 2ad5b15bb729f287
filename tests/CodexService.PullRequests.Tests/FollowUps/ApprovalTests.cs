using CodexService.Contracts.Api;
using CodexService.PullRequests.Deliveries;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.Leases;
using CodexService.Tasks.Submission;
using CodexService.Testing;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Tests.FollowUps;

/// <summary>Approvals that are handled late, or again after the process was killed.</summary>
public sealed class ApprovalTests(GitHubWorld world) : IClassFixture<GitHubWorld>
{
    private TaskServices Services => world.Services;

    [Fact]
    public async Task Deliver_KilledAfterHeldPathsWerePutOnTheBranch_EndsAsDone()
    {
        var number = world.Next();
        await world.PublishedAsync(number, world.Commit(), held: [".github/workflows/ci.yml"]);
        world.Forge.Approved = world.Commit();
        var first = await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, world.Next(), "ana", "@codex approve"));

        var again = await HandleAgainAsync(first);

        Assert.Equal((DeliveryState.Acted, DeliveryState.Acted, first.TaskId), (first.State, again.State, again.TaskId));
        Assert.DoesNotContain(world.GitHub.Said.GetValueOrDefault(number, []), said => said.Body!.Contains("approve again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deliver_KilledAfterThePlanWasApproved_EndsAsDone()
    {
        var issue = world.Next();
        await PlannedAsync(issue);
        var first = await world.DeliverAsync("issue_comment", GitHubWorld.Mention(issue, world.Next(), "ana", "@codex approve", onPullRequest: false));

        var again = await HandleAgainAsync(first);

        Assert.Equal((DeliveryState.Acted, "the plan was approved", DeliveryState.Acted), (first.State, first.Decision, again.State));
    }

    [Fact]
    public async Task Deliver_PlanRevisedAfterTheApprovalWasSaid_IsRefused()
    {
        var issue = world.Next();
        var lease = await PlannedAsync(issue);

        var handled = await world.DeliverAsync(
            "issue_comment",
            GitHubWorld.Mention(issue, world.Next(), "ana", "@codex approve", onPullRequest: false),
            meanwhile: async () =>
            {
                await Services.Store.ChangeAsync(lease.TaskId, (task, now, db) => db.TaskMessages.Add(task.SendMessage("Keep the old name", null, now)), default);
                await ProposeAsync(await world.ClaimAsync(lease.TaskId), "1. the other way", read: 1);
            });

        Assert.Equal((DeliveryState.Refused, "the plan changed after this was said; read it and approve again"), (handled.State, handled.Decision));
        Assert.DoesNotContain(await Services.EventsAsync(lease.TaskId), entry => entry.Type == TaskEventTypes.PlanApproved);
    }

    [Fact]
    public async Task Handle_DeliveryWhoseHandlingWasKilledTooOften_EndsAsFailed()
    {
        var number = world.Next();
        await world.PublishedAsync(number, world.Commit(), held: [".github/workflows/ci.yml"]);
        world.Forge.Approvals.Clear();

        var handled = await world.DeliverAsync(
            "issue_comment",
            GitHubWorld.Mention(number, world.Next(), "ana", "@codex approve"),
            meanwhile: () => Sql.ExecuteAsync(Services.Database, "UPDATE deliveries SET tries = 16 WHERE state = 'Received'"));

        Assert.Equal((DeliveryState.Failed, "its handling was cut short 16 times; see the service's log, then redeliver it"), (handled.State, handled.Decision));
        Assert.Empty(world.Forge.Approvals);

        // Asked for by a person it is handled again.
        Assert.NotEqual(DeliveryState.Failed, (await HandleAgainAsync(handled)).State);
    }

    private async Task<AttemptLease> PlannedAsync(int issue)
    {
        var submission = TaskServices.Submission() with
        {
            Repository = $"{FakeGitHub.Url}.git",
            Brain = BrainChoice.Model,
            ApprovePlan = true,
            Origin = new SubmissionOrigin("acme/shop", issue, IsPullRequest: false, "ana", $"{FakeGitHub.Url}/issues/{issue}", "Page 2 repeats users", null),
        };
        var lease = await world.ClaimAsync((await Services.Store.SubmitAsync(submission, default)).TaskId);
        await ProposeAsync(lease, "1. look", read: 0);
        return lease;
    }

    private Task ProposeAsync(AttemptLease lease, string plan, int read) =>
        Services.Leases.ParkAsync(lease, new AttemptParking(plan, read, TimeSpan.FromSeconds(5)), null, default);

    private async Task<Delivery> HandleAgainAsync(Delivery delivery)
    {
        await Services.Get<DeliveryStore>().RedeliverAsync(delivery.Id, default);
        await Services.Get<DeliveryHandler>().HandleAsync(delivery.Id, default);
        await using var db = await Services.Contexts.CreateDbContextAsync();
        return await db.Deliveries.AsNoTracking().SingleAsync(d => d.Id == delivery.Id);
    }
}
