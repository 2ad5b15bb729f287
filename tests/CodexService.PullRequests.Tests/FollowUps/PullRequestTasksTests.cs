using CodexService.Contracts.Api;
using CodexService.Tasks.Deliveries;
using CodexService.Testing;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Tests.FollowUps;

/// <summary>Mentions on pull requests that somebody else opened.</summary>
public sealed class PullRequestTasksTests(GitHubWorld world) : IClassFixture<GitHubWorld>
{
    private TaskServices Services => world.Services;

    [Fact]
    public async Task Deliver_MentionOnAPersonsPullRequest_IsOneTaskOnItsBranch()
    {
        var number = world.Next();
        world.GitHub.Pulls[number] = GitHubWorld.Live(number, world.Commit(), branch: "feature/pages", author: "bo");
        var mention = GitHubWorld.Mention(number, world.Next(), "ana", "@codex fix the failing test", author: "bo", text: "What it is <!-- CANARY --> about");

        var handled = await world.DeliverAsync("issue_comment", mention, times: 3);

        var task = await Services.DetailAsync(handled.TaskId!.Value);
        Assert.Equal((DeliveryState.Acted, "feature/pages", "make test"), (handled.State, task.Summary.BaseRef, task.TestCommand));
        Assert.StartsWith("fix the failing test\n", task.Prompt, StringComparison.Ordinal);

        // As it was then, whatever was made of it meanwhile.
        Assert.Contains("by bo: Page 2 repeats users\n\nWhat it is  about\n", task.Prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("Body of it", task.Prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", task.Prompt, StringComparison.Ordinal);
        await using var db = await Services.Contexts.CreateDbContextAsync();
        var origin = await db.TaskOrigins.SingleAsync(o => o.Number == number);
        Assert.Equal((handled.TaskId, "acme/shop", true, "ana"), (origin.TaskId, origin.Repository, origin.IsPullRequest, origin.RequestedBy));
    }

    [Fact]
    public async Task Deliver_PullRequestByAStranger_KeepsItsTextFromTheModel()
    {
        var number = world.Next();
        world.GitHub.Pulls[number] = GitHubWorld.Live(number, world.Commit(), branch: "feature/pages", author: "mallory") with { Title = "CANARY", Body = "CANARY" };

        var handled = await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, world.Next(), "ana", "@codex fix the failing test", author: "mallory", text: "CANARY"));

        Assert.DoesNotContain("CANARY", (await Services.DetailAsync(handled.TaskId!.Value)).Prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deliver_MentionOnALine_HasTheDiffAsItIsAndThePullRequestAsItWas()
    {
        var number = world.Next();
        world.GitHub.Pulls[number] = GitHubWorld.Live(number, world.Commit(), branch: "feature/pages", author: "bo");
        var user = GitHubWorld.User("ana");
        var line = new
        {
            action = "created",
            comment = new { id = world.Next(), body = "@codex keep `<!-- menu -->`", path = "a.html", line = 3, diff_hunk = "@@ -1 +1,2 @@\n <p>\n+<!-- menu -->", user },
            pull_request = new { number, state = "open", title = "Add a menu", body = "With <!-- HIDDEN --> entries", user = GitHubWorld.User("bo") },
            repository = GitHubWorld.Repo,
            sender = user,
        };

        var handled = await world.DeliverAsync("pull_request_review_comment", line);

        var prompt = (await Services.DetailAsync(handled.TaskId!.Value)).Prompt;
        Assert.Contains("    +<!-- menu -->\n\nkeep `<!-- menu -->`\n", prompt, StringComparison.Ordinal);
        Assert.Contains("by bo: Add a menu\n\nWith  entries\n", prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("Body of it", prompt, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mallory/shop")]
    [InlineData(null)]
    public async Task Deliver_MentionOnAForksPullRequest_IsRefusedInOneLine(string? repository)
    {
        var number = world.Next();
        world.GitHub.Pulls[number] = GitHubWorld.Live(number, world.Commit(), repository: repository);

        var handled = await world.DeliverAsync("issue_comment", GitHubWorld.Mention(number, world.Next(), "ana", "@codex fix the failing test"), times: 2);

        Assert.Equal((DeliveryState.Refused, null), (handled.State, handled.TaskId));
        Assert.Contains("is in a fork", Assert.Single(world.GitHub.Said[number]).Body, StringComparison.Ordinal);
    }
}
