using CodexService.Contracts.Api;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Tests.FollowUps;
using CodexService.Tasks.GitHubLink;
using CodexService.Testing;

namespace CodexService.PullRequests.Tests.Deliveries;

/// <summary>Settings are those of the branch that a pull request is meant for.</summary>
public sealed class BaseBranchSettingsTests(GitHubWorld world) : IClassFixture<GitHubWorld>
{
    private const string Off = ".codex/config.yml turns mentions off";

    [Theory]
    [InlineData("ours", "mention: false\n", DeliveryState.Ignored)]
    [InlineData("ours", "test_command: make test\n", DeliveryState.Acted)]
    [InlineData("a person's", "mention: false\n", DeliveryState.Ignored)]
    [InlineData("told by the delivery", "mention: false\n", DeliveryState.Ignored)]
    public async Task Deliver_MentionOnAPullRequest_IsDecidedByItsBase(string pull, string settings, DeliveryState state)
    {
        var (number, branch) = (world.Next(), $"release/{world.Next()}");
        world.GitHub.SettingsOn[branch] = settings;
        if (pull == "ours")
        {
            await world.PublishedAsync(number, world.Commit(), branch: branch);
        }
        else
        {
            world.GitHub.Pulls[number] = GitHubWorld.Live(number, world.Commit(), "feature", author: "bo") with { Base = new PullRequestBranch(branch, "1") };
        }

        var handled = pull == "told by the delivery"
            ? await world.DeliverAsync("pull_request_review_comment", new
            {
                action = "created",
                comment = new { id = world.Next(), body = "@codex name it better", path = "a.py", line = 1, user = GitHubWorld.User("ana") },
                pull_request = new { number, state = "open", @base = new { @ref = branch, sha = "1" } },
                repository = GitHubWorld.Repo,
                sender = GitHubWorld.User("ana"),
            })
            : await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, world.Next(), "ana", "@codex name it better"));

        Assert.Equal(state, handled.State);
        Assert.Equal(state == DeliveryState.Ignored, handled.Decision == Off);
        Assert.Equal(pull == "a person's" ? 1 : 0, world.GitHub.Asked.GetValueOrDefault(number));
    }

    [Theory]
    [InlineData("check_fixes: 0\n", ".codex/config.yml turns check fixes off")]
    [InlineData("conflicts: false\n", ".codex/config.yml turns conflicts off")]
    public async Task Deliver_CheckOrPush_IsDecidedByTheBase(string settings, string why)
    {
        var (number, head, branch) = (world.Next(), world.Commit(), $"release/{world.Next()}");
        world.GitHub.SettingsOn[branch] = settings;
        await world.PublishedAsync(number, head, branch: branch);

        var handled = settings.StartsWith("check", StringComparison.Ordinal)
            ? await world.DeliverAsync("check_run", GitHubWorld.Check(world.Next(), head))
            : await world.DeliverAsync("push", new { @ref = $"refs/heads/{branch}", after = world.Commit(), repository = GitHubWorld.Repo, sender = GitHubWorld.User("ana") });

        Assert.Equal((DeliveryState.Ignored, why), (handled.State, handled.Decision));
    }

    [Fact]
    public async Task Deliver_BaseWithoutTheFile_IsDecidedByTheDefaultBranch()
    {
        var (number, branch) = (world.Next(), $"release/{world.Next()}");
        world.GitHub.SettingsOn[branch] = null;
        world.GitHub.SettingsOn["main"] = "mention: false\n";
        await world.PublishedAsync(number, world.Commit(), branch: branch);

        var handled = await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, world.Next(), "ana", "@codex name it better"));

        world.GitHub.SettingsOn.TryRemove("main", out _);
        Assert.Equal((DeliveryState.Ignored, Off), (handled.State, handled.Decision));
    }

    [Fact]
    public async Task Deliver_OnAnotherBranch_ChangesNotWhatIsShownOfTheRepository()
    {
        var (number, branch) = (world.Next(), $"release/{world.Next()}");
        world.GitHub.SettingsOn[branch] = "label: fix-me\n";
        await world.PublishedAsync(number, world.Commit(), branch: branch);
        await world.DeliverAsync("issue_comment", IssuePayloads.Said(world.Next(), world.Next(), null, "@codex stop"));
        await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, world.Next(), "ana", "@codex stop"));

        Assert.Equal("codex .codex/config.yml on main", (await Sql.RowsAsync(
            world.Services.Database, "SELECT (settings ->> 'label') || ' ' || (settings ->> 'source') FROM repository_triggers WHERE repository = 'acme/shop'")).Single()[0]);
    }
}
