using CodexService.Contracts.Api;
using CodexService.GitHub.Rest;
using CodexService.Testing;

namespace CodexService.PullRequests.Tests.FollowUps;

/// <summary>Deliveries that were missed and come long after what they tell of was said.</summary>
public sealed class LateDeliveryTests(GitHubWorld world) : IClassFixture<GitHubWorld>
{
    private const string LongAgo = "2020-01-01T10:00:00Z";

    private TaskServices Services => world.Services;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deliver_ApprovalSaidBeforeThePullRequestWasThere_IsRefused(bool inAReview)
    {
        var number = world.Next();
        await world.PublishedAsync(number, world.Commit(), held: ["CODEOWNERS"]);
        world.Forge.Approvals.Clear();

        var handled = inAReview
            ? await world.DeliverAsync("pull_request_review", Review(number, "@codex approve"))
            : await world.DeliverAsync("issue_comment", Said(number, "@codex approve"));

        Assert.Equal((DeliveryState.Refused, "the pull request changed after this was said; look at it and approve again"), (handled.State, handled.Decision));
        Assert.Empty(world.Forge.Approvals);
    }

    [Fact]
    public async Task Deliver_StopSaidBeforeTheRoundBegan_LetsItRun()
    {
        var issue = world.Next();
        var lease = await world.RunningAsync(issue);

        var handled = await world.DeliverAsync("issue_comment", Said(issue, "@codex stop", onPullRequest: false));

        Assert.Equal((DeliveryState.Refused, "other work began after this was said; look at it and say stop again"), (handled.State, handled.Decision));
        Assert.False((await Services.DetailAsync(lease.TaskId)).CancelRequested);
    }

    [Fact]
    public async Task Deliver_RetrySaidBeforeTheRoundThatEnded_StartsNothing()
    {
        var number = world.Next();
        var id = await world.PublishedAsync(number, world.Commit());

        var handled = await world.DeliverAsync("issue_comment", Said(number, "@codex retry"));

        Assert.Equal((DeliveryState.Refused, "other work began after this was said; look at it and say retry again"), (handled.State, handled.Decision));
        Assert.Single((await Services.DetailAsync(id)).Attempts);
    }

    [Fact]
    public async Task Deliver_IssueLabeledLongAgo_TakesTheCommentsOfThen()
    {
        var issue = world.Next();
        var then = DateTimeOffset.Parse(LongAgo, System.Globalization.CultureInfo.InvariantCulture);
        world.GitHub.Said[issue] =
        [
            Comment(1, "There before", then, then),
            Comment(2, "Written afterwards", then.AddHours(1), then.AddHours(1)),
            Comment(3, "Changed afterwards", then.AddHours(-1), then.AddHours(1)),
        ];

        var handled = await world.DeliverAsync("issues", new
        {
            action = "labeled",
            label = new { name = "codex" },
            issue = new { number = issue, title = "Page 2 repeats users", body = "Steps", state = "open", user = GitHubWorld.User("ana"), updated_at = LongAgo },
            repository = GitHubWorld.Repo,
            sender = GitHubWorld.User("ana"),
        });

        var prompt = (await Services.DetailAsync(handled.TaskId!.Value)).Prompt;
        Assert.Contains("There before", prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("afterwards", prompt, StringComparison.Ordinal);
    }

    private static IssueComment Comment(long id, string body, DateTimeOffset created, DateTimeOffset updated) =>
        new(id, body, new UserInfo("ana", "User"), FakeGitHub.Url) { CreatedAt = created, UpdatedAt = updated };

    private object Said(int number, string body, bool onPullRequest = true) => new
    {
        action = "created",
        issue = onPullRequest
            ? (object)new { number, title = "Page 2 repeats users", body = "Steps", state = "open", user = GitHubWorld.User("cy"), pull_request = new { url = "x" } }
            : new { number, title = "Page 2 repeats users", body = "Steps", state = "open", user = GitHubWorld.User("cy") },
        comment = new { id = world.Next(), body, user = GitHubWorld.User("ana"), created_at = LongAgo },
        repository = GitHubWorld.Repo,
        sender = GitHubWorld.User("ana"),
    };

    private object Review(int number, string body) => new
    {
        action = "submitted",
        review = new { id = world.Next(), state = "commented", body, user = GitHubWorld.User("ana"), submitted_at = LongAgo },
        pull_request = new { number, state = "open" },
        repository = GitHubWorld.Repo,
        sender = GitHubWorld.User("ana"),
    };
}
