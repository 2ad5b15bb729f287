using CodexService.Contracts.Api;
using CodexService.PullRequests.Tests.FollowUps;
using CodexService.Tasks.Deliveries;
using CodexService.Testing;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Tests.Deliveries;

/// <summary>Bots may ask when the repository lists them, whatever they may do on GitHub; none may approve.</summary>
public sealed class ListedBotTests : IClassFixture<GitHubWorld>
{
    private const string Listed = "renovate[bot]";
    private const string Unlisted = "dependabot[bot]";
    private readonly GitHubWorld world;

    public ListedBotTests(GitHubWorld world)
    {
        this.world = world;
        world.GitHub.Settings = $"bots: [\"{Listed}\"]\ntest_command: make test\n";
        world.GitHub.Permissions[Unlisted] = "admin";
    }

    [Theory]
    [InlineData("label", Listed)]
    [InlineData("label", "Renovate[bot]")]
    [InlineData("label", Unlisted)]
    [InlineData("mention", Listed)]
    [InlineData("mention", Unlisted)]
    [InlineData("follow-up", Listed)]
    [InlineData("follow-up", Unlisted)]
    [InlineData("line", Listed)]
    [InlineData("line", Unlisted)]
    [InlineData("review", Listed)]
    [InlineData("review", Unlisted)]
    public async Task Deliver_AskedByABot_IsDoneWhenItIsListed(string how, string bot)
    {
        var number = world.Next();
        if (how is "follow-up" or "line" or "review")
        {
            await world.PublishedAsync(number, world.Commit());
        }

        var handled = how switch
        {
            "label" => await world.DeliverAsync("issues", IssuePayloads.Labeled(number, null, sender: bot)),
            "mention" or "follow-up" => await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, world.Next(), bot, "@codex raise the version", onPullRequest: how == "follow-up")),
            "line" => await world.DeliverAsync("pull_request_review_comment", GitHubWorld.Line(number, world.Next(), bot, "@codex raise the version")),
            _ => await world.DeliverAsync("pull_request_review", GitHubWorld.Review(number, world.Next(), bot, "Raise the version")),
        };

        Assert.Equal(bot == Unlisted ? DeliveryState.Ignored : DeliveryState.Acted, handled.State);
        Assert.Equal(bot == Unlisted, handled.Decision == $"{Unlisted} is a bot that .codex/config.yml does not list");
        Assert.DoesNotContain(number, world.GitHub.Said.Keys);
    }

    [Fact]
    public async Task Deliver_AskedByAListedBot_IsATaskOfThatBot()
    {
        var issue = world.Next();

        var handled = await world.DeliverAsync("issues", IssuePayloads.Labeled(issue, null, sender: Listed));

        await using var db = await world.Services.Contexts.CreateDbContextAsync();
        Assert.Equal(Listed, (await db.TaskOrigins.SingleAsync(origin => origin.TaskId == handled.TaskId)).RequestedBy);
    }

    [Theory]
    [InlineData("comment")]
    [InlineData("line")]
    [InlineData("review")]
    public async Task Deliver_ApprovalByAListedBot_ApprovesNothing(string how)
    {
        var number = world.Next();
        await world.PublishedAsync(number, world.Commit(), held: [".github/workflows/ci.yml"]);
        world.Forge.Approved = world.Commit();
        world.Forge.Approvals.Clear();

        var handled = how switch
        {
            "comment" => await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, world.Next(), Listed, "@codex approve")),
            "line" => await world.DeliverAsync("pull_request_review_comment", GitHubWorld.Line(number, world.Next(), Listed, "@codex approve")),
            _ => await world.DeliverAsync("pull_request_review", GitHubWorld.Review(number, world.Next(), Listed, "@codex approve", state: "commented")),
        };

        Assert.Equal((DeliveryState.Refused, "only a person can approve"), (handled.State, handled.Decision));
        Assert.Empty(world.Forge.Approvals);

        // A person may, at the same place.
        Assert.Equal(DeliveryState.Acted, (await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, world.Next(), "ana", "@codex approve"))).State);
        Assert.Single(world.Forge.Approvals);
    }

    [Fact]
    public async Task Deliver_ReviewWithCommentsOfBots_CarriesThoseOfListedOnes()
    {
        var (number, review) = (world.Next(), world.Next());
        var id = await world.PublishedAsync(number, world.Commit());
        world.GitHub.Lines[number] =
        [
            (review - 1, GitHubWorld.Comment(80_001, "snyk[bot]", "CANARY in the thread")),
            (review - 1, GitHubWorld.Comment(80_002, Listed, "Version 4 is out", replyTo: 80_001)),
            (review, GitHubWorld.Comment(80_003, "ana", "As it says", replyTo: 80_001)),
        ];

        await world.DeliverAsync("pull_request_review", GitHubWorld.Review(number, review, "ana", ""));

        var prompt = (await world.Services.DetailAsync(id)).Prompts[1].Text;
        Assert.Contains($"> {Listed}: Version 4 is out", prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", prompt, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Listed, true)]
    [InlineData("snyk[bot]", false)]
    public async Task Deliver_MentionOnTheBotsPullRequest_HasItsTextWhenItIsListed(string author, bool has)
    {
        var number = world.Next();
        world.GitHub.Pulls[number] = GitHubWorld.Live(number, world.Commit(), "renovate/left-pad", author: author);

        var handled = await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, world.Next(), "ana", "@codex mend the tests", author: author, text: "Raises left-pad to 4"));

        Assert.Equal(DeliveryState.Acted, handled.State);
        Assert.Equal(has, (await world.Services.DetailAsync(handled.TaskId!.Value)).Prompt.Contains("Raises left-pad to 4", StringComparison.Ordinal));
    }
}
