using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Tests.FollowUps;
using CodexService.Repositories;

namespace CodexService.PullRequests.Tests.Deliveries;

/// <summary>👀 at once, where something was asked for.</summary>
public sealed class SeenSignTests : IClassFixture<GitHubWorld>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly GitHubWorld world;

    public SeenSignTests(GitHubWorld world)
    {
        this.world = world;
        world.GitHub.Settings = "test_command: make test\n";
        world.GitHub.OnReaction = null;
        world.GitHub.Reactions.Clear();
        world.Forge.BeforeReading = null;
    }

    [Fact]
    public async Task Deliver_RepositoryIsStillBeingInspected_IsSeenAlready()
    {
        var issue = world.Next();
        var (begun, end) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        world.GitHub.Settings = "";
        world.Forge.BeforeReading = () =>
        {
            begun.TrySetResult();
            return end.Task;
        };

        var handling = world.DeliverAsync("issues", IssuePayloads.Labeled(issue, null));
        await Task.WhenAny(begun.Task, handling).WaitAsync(Patience);
        Assert.True(begun.Task.IsCompleted, "the repository is not inspected");

        Assert.Equal([$"issue:{issue}"], world.GitHub.Reactions);
        end.SetException(new RepositoryException(RepositoryErrorKind.NoCommits, "the repository is empty"));
        Assert.Equal((DeliveryState.Refused, "the repository is empty"), ((await handling).State, (await handling).Decision));
    }

    [Theory]
    [InlineData("label", "issue")]
    [InlineData("mention", "comment")]
    [InlineData("follow-up", "comment")]
    [InlineData("stop", "comment")]
    [InlineData("line", "line")]
    [InlineData("review", "issue")]
    [InlineData("somebody's", "comment")]
    public async Task Deliver_WhatIsDone_IsSeenOnceWhereItWasAsked(string asked, string where)
    {
        var (number, id) = (world.Next(), world.Next());
        if (asked is "somebody's")
        {
            world.GitHub.Pulls[number] = GitHubWorld.Live(number, world.Commit(), "feature", author: "bo");
        }
        else if (asked is not ("label" or "mention"))
        {
            await world.PublishedAsync(number, world.Commit());
        }

        var handled = asked switch
        {
            "label" => await world.DeliverAsync("issues", IssuePayloads.Labeled(number, null), times: 3),
            "mention" => await world.DeliverAsync("issue_comment", IssuePayloads.Said(number, id, null, "@codex fix"), times: 3),
            "stop" => await StopAsync(number, id),
            "line" => await world.DeliverAsync("pull_request_review_comment", GitHubWorld.Line(number, id, "ana", "@codex off by one"), times: 3),
            "review" => await world.DeliverAsync("pull_request_review", GitHubWorld.Review(number, id, "ana", "Name it better"), times: 3),
            _ => await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, id, "ana", "@codex name it better"), times: 3),
        };

        Assert.Equal(DeliveryState.Acted, handled.State);
        Assert.Equal([$"{where}:{(where == "issue" ? number : id)}"], world.GitHub.Reactions);
    }

    [Theory]
    [InlineData("label by a reader", DeliveryState.Refused)]
    [InlineData("mention by a reader", DeliveryState.Refused)]
    [InlineData("nothing to stop", DeliveryState.Ignored)]
    [InlineData("closed by now", DeliveryState.Ignored)]
    [InlineData("check", DeliveryState.Acted)]
    public async Task Deliver_WhatIsNotDoneOrNobodyAsked_GetsNoSign(string what, DeliveryState state)
    {
        var (number, head) = (world.Next(), world.Commit());
        world.GitHub.Issues[number] = new IssueInfo(number, what == "closed by now" ? "closed" : "open") { Labels = [new IssueLabel("codex")] };
        if (what == "check")
        {
            await world.PublishedAsync(number, head);
        }

        var handled = what switch
        {
            "label by a reader" => await world.DeliverAsync("issues", IssuePayloads.Labeled(number, null, sender: "mallory")),
            "mention by a reader" => await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, world.Next(), "mallory", "@codex fix", onPullRequest: false)),
            "nothing to stop" => await world.DeliverAsync("issue_comment", IssuePayloads.Said(number, world.Next(), null, "@codex stop")),
            "check" => await world.DeliverAsync("check_run", GitHubWorld.Check(world.Next(), head)),
            _ => await world.DeliverAsync("issues", IssuePayloads.Labeled(number, null)),
        };

        Assert.Equal(state, handled.State);
        Assert.Empty(world.GitHub.Reactions);
    }

    [Theory]
    [InlineData(GitHubFailure.Permission)]
    [InlineData(GitHubFailure.NotFound)]
    [InlineData(GitHubFailure.RateLimited)]
    public async Task Deliver_SignThatGitHubDoesNotTake_ChangesNothing(GitHubFailure failure)
    {
        var issue = world.Next();
        world.GitHub.OnReaction = _ => Task.FromException(new GitHubException(failure, "no") { RetryAfter = TimeSpan.FromHours(1) });

        var handled = await world.DeliverAsync("issues", IssuePayloads.Labeled(issue, null));

        Assert.Equal((DeliveryState.Acted, $"a task was started for issue #{issue}", 1), (handled.State, handled.Decision, handled.Tries));
        Assert.Equal([$"issue:{issue}"], world.GitHub.Reactions);
    }

    [Fact]
    public async Task Deliver_SignThatGitHubDoesNotAnswer_IsNotWaitedForLongerThanTenSeconds()
    {
        var issue = world.Next();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.GitHub.OnReaction = token =>
        {
            begun.TrySetResult();
            return new TaskCompletionSource().Task.WaitAsync(token);
        };

        var handling = world.DeliverAsync("issues", IssuePayloads.Labeled(issue, null));
        await Task.WhenAny(begun.Task, handling).WaitAsync(Patience);
        world.Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(DeliveryState.Acted, (await handling.WaitAsync(Patience)).State);
    }

    private async Task<CodexService.Tasks.Deliveries.Delivery> StopAsync(int number, int id)
    {
        await world.DeliverAsync("pull_request_review", GitHubWorld.Review(number, world.Next(), "ana", "Name it better"));
        world.GitHub.Reactions.Clear();
        return await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, id, "ana", "@codex stop"), times: 3);
    }
}
