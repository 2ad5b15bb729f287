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

    [Theory]
    [InlineData("label: ai\n", "label ai", null)]
    [InlineData("label: ai\n", "label codex", "the label codex starts nothing")]
    [InlineData("label: ai\n", "reopened ai", null)]
    [InlineData("label: ai\n", "reopened codex", "an issue that is reopened starts nothing")]
    [InlineData("label: ''\n", "label codex", "the label codex starts nothing")]
    [InlineData("label: ''\n", "assignment", null)]
    [InlineData("assignment: false\n", "assignment", ".codex/config.yml turns assignments off")]
    [InlineData("assignment: false\n", "label codex", null)]
    [InlineData("mention: false\n", "mention", Off)]
    [InlineData("mention: false\n", "label codex", null)]
    [InlineData("bots: ['renovate[bot]']\n", "bot", null)]
    [InlineData("mention: true\n", "bot", "renovate[bot] is a bot that .codex/config.yml does not list")]
    public async Task Deliver_OnAnIssue_IsDecidedByTheDefaultBranch(string settings, string how, string? why)
    {
        var (issue, label) = (world.Next(), how.Split(' ')[^1]);
        world.GitHub.Issues[issue] = new IssueInfo(issue, "open") { Labels = [new IssueLabel(label)], Assignees = [new UserInfo("codex[bot]", "Bot")] };
        world.GitHub.SettingsOn["main"] = $"{settings}test_command: make test\n";

        var handled = how.Split(' ')[0] switch
        {
            "label" => await world.DeliverAsync("issues", IssuePayloads.Labeled(issue, null, label: label)),
            "reopened" => await world.DeliverAsync("issues", IssuePayloads.Labeled(issue, null, action: "reopened", label: label)),
            "assignment" => await world.DeliverAsync("issues", IssuePayloads.Assigned(issue, null)),
            "bot" => await world.DeliverAsync("issue_comment", GitHubWorld.Mention(issue, world.Next(), "renovate[bot]", "@codex raise the version", onPullRequest: false)),
            _ => await world.DeliverAsync("issue_comment", IssuePayloads.Said(issue, world.Next(), null, "@codex fix")),
        };

        world.GitHub.SettingsOn.TryRemove("main", out _);
        Assert.Equal(why is null ? (DeliveryState.Acted, $"a task was started for issue #{issue}") : (DeliveryState.Ignored, why), (handled.State, handled.Decision));
    }

    [Theory]
    [InlineData("changes_requested: false\n", "review", ".codex/config.yml turns requested changes off")]
    [InlineData("changes_requested: false\n", "mention", null)]
    [InlineData("mention: false\n", "review", null)]
    [InlineData("bots: ['renovate[bot]']\n", "bot", null)]
    [InlineData("mention: true\n", "bot", "renovate[bot] is a bot that .codex/config.yml does not list")]
    public async Task Deliver_OnOurPullRequest_IsDecidedByItsBase(string settings, string how, string? why)
    {
        var (number, branch) = (world.Next(), $"release/{world.Next()}");
        world.GitHub.SettingsOn[branch] = settings;

        // The other way round, so that what is read at the wrong branch is seen.
        world.GitHub.SettingsOn["main"] = why is null ? "mention: false\nchanges_requested: false\n" : "bots: ['renovate[bot]']\n";
        await world.PublishedAsync(number, world.Commit(), branch: branch);

        var handled = how == "review"
            ? await world.DeliverAsync("pull_request_review", GitHubWorld.Review(number, world.Next(), "ana", "Name it better"))
            : await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, world.Next(), how == "bot" ? "renovate[bot]" : "ana", "@codex name it better"));

        world.GitHub.SettingsOn.TryRemove("main", out _);
        Assert.Equal(why is null ? (DeliveryState.Acted, "round 2") : (DeliveryState.Ignored, why), (handled.State, handled.Decision));
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
