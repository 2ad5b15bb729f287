using CodexService.Contracts.Api;
using CodexService.GitHub.Rest;
using CodexService.Tasks.Deliveries;
using CodexService.Testing;

namespace CodexService.PullRequests.Tests.FollowUps;

/// <summary>Follow-ups of tasks that were asked for in the dashboard, by CLI or REST: their pull request is as good as one from an issue.</summary>
public sealed class ElsewhereTests(GitHubWorld world) : IClassFixture<GitHubWorld>
{
    [Fact]
    public async Task MentionLineAndReview_OnThePullRequest_AreFollowUps()
    {
        var (number, head) = (world.Next(), world.Commit());
        var id = await world.PublishedAsync(await world.RunningAsync(issue: null), number, head);

        Assert.Equal(DeliveryState.Acted, (await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, world.Next(), "ana", "@codex name it better"))).State);
        await world.FinishRoundAsync(id, world.Commit());
        Assert.Equal(DeliveryState.Acted, (await world.DeliverAsync("pull_request_review_comment", GitHubWorld.Line(number, world.Next(), "ana", "@codex here too"))).State);
        await world.FinishRoundAsync(id, world.Commit());
        Assert.Equal(DeliveryState.Acted, (await world.DeliverAsync("pull_request_review", GitHubWorld.Review(number, world.Next(), "bo", "Please do"))).State);

        var task = await world.Services.DetailAsync(id);
        Assert.Equal((TaskState.Queued, 4), (task.Summary.State, task.Prompts.Count));
        Assert.Equal(["comment", "line", "review"], (await world.PendingAsync(id)).Select(asked => asked.Key.Split(':')[0]));
    }

    [Fact]
    public async Task Check_FailsAfterAllFixes_APersonIsAskedOnThePullRequestOnce()
    {
        var (number, head) = (world.Next(), world.Commit());
        var id = await world.PublishedAsync(await world.RunningAsync(issue: null), number, head);
        for (var i = 0; i < 4; i++)
        {
            var check = world.Next();
            world.GitHub.Runs[head] = [new CheckRun(check, "build", head, "completed", "failure", null)];
            await world.DeliverAsync("check_run", GitHubWorld.Check(check, head), times: 2);
            await world.LookAsync();
            await world.LookAsync();
            if (i < 3)
            {
                head = world.Commit();
                world.GitHub.Pulls[number] = GitHubWorld.Live(number, head);
                await world.FinishRoundAsync(id, head);
            }
        }

        Assert.Equal(4, (await world.Services.DetailAsync(id)).Prompts.Count);
        Assert.StartsWith("A person has to look at the failing checks", Assert.Single(world.GitHub.Said[number]).Body, StringComparison.Ordinal);
    }
}
