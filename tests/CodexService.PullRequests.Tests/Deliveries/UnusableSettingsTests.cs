using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.PullRequests.Tests.FollowUps;

namespace CodexService.PullRequests.Tests.Deliveries;

/// <summary>A mistake in <c>.codex/config.yml</c> is told to those who ask in the usual way, and to nobody else.</summary>
public sealed class UnusableSettingsTests : IClassFixture<GitHubWorld>
{
    private const string Problem = ".codex/config.yml, line 1: there is no setting lable";
    private readonly GitHubWorld world;

    public UnusableSettingsTests(GitHubWorld world)
    {
        this.world = world;
        world.GitHub.Settings = "lable: ai\n";
        world.GitHub.FileTrouble = null;
    }

    [Theory]
    [InlineData("labeled", "bug", "the label bug starts nothing")]
    [InlineData("labeled", "ai", "the label ai starts nothing")]
    [InlineData("reopened", "bug", "an issue that is reopened starts nothing")]
    public async Task Deliver_IssueThatNobodyGaveUs_IsIgnoredInSilence(string action, string label, string why)
    {
        var issue = world.Next();

        var handled = await world.DeliverAsync("issues", IssuePayloads.Labeled(issue, null, action: action, label: label));

        Assert.Equal((DeliveryState.Ignored, $"{why}; {Problem}"), (handled.State, handled.Decision));
        Assert.DoesNotContain(issue, world.GitHub.Said.Keys);
    }

    [Theory]
    [InlineData("label")]
    [InlineData("reopened")]
    [InlineData("mention")]
    public async Task Deliver_AskedInTheUsualWay_IsToldOnce(string how)
    {
        var issue = world.Next();

        var handled = how == "mention"
            ? await world.DeliverAsync("issue_comment", IssuePayloads.Said(issue, world.Next(), null, "@codex fix"), times: 3)
            : await world.DeliverAsync("issues", IssuePayloads.Labeled(issue, null, action: how == "label" ? "labeled" : how), times: 3);

        Assert.Equal((DeliveryState.Refused, Problem), (handled.State, handled.Decision));
        Assert.StartsWith(Problem, Assert.Single(world.GitHub.Said[issue]).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ana")]
    [InlineData("mallory")]
    public async Task Deliver_ChangesRequestedOnSomebodysPullRequest_IsIgnoredInSilence(string reviewer)
    {
        var number = world.Next();
        world.GitHub.Pulls[number] = GitHubWorld.Live(number, world.Commit(), "feature", author: "bo");

        var handled = await world.DeliverAsync("pull_request_review", GitHubWorld.Review(number, world.Next(), reviewer, "Name it better"));

        Assert.Equal((DeliveryState.Ignored, $"pull request #{number} is not ours; {Problem}"), (handled.State, handled.Decision));
        Assert.DoesNotContain(number, world.GitHub.Said.Keys);
    }

    [Fact]
    public async Task Deliver_ChangesRequestedOnOurPullRequest_IsToldOnce()
    {
        var number = world.Next();
        await world.PublishedAsync(number, world.Commit());

        var handled = await world.DeliverAsync("pull_request_review", GitHubWorld.Review(number, world.Next(), "ana", "Name it better"), times: 2);

        Assert.Equal((DeliveryState.Refused, Problem), (handled.State, handled.Decision));
        Assert.StartsWith(Problem, Assert.Single(world.GitHub.Said[number]).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deliver_FileThatMayNotBeRead_IsToldOnlyWhereWeWereAsked()
    {
        world.GitHub.FileTrouble = new GitHubException(GitHubFailure.Permission, "the credentials may not read files");
        var (bug, asked, foreign) = (world.Next(), world.Next(), world.Next());

        var states = new[]
        {
            (await world.DeliverAsync("issues", IssuePayloads.Labeled(bug, null, label: "bug"))).State,
            (await world.DeliverAsync("issues", IssuePayloads.Labeled(asked, null))).State,
            (await world.DeliverAsync("pull_request_review", GitHubWorld.Review(foreign, world.Next(), "ana", "Name it better"))).State,
        };

        Assert.All(states, state => Assert.Equal(DeliveryState.Failed, state));
        Assert.Single(world.GitHub.Said[asked]);
        Assert.DoesNotContain(world.GitHub.Said.Keys, number => number == bug || number == foreign);
    }
}
