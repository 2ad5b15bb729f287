using CodexService.Testing.GitHub;

namespace CodexService.PullRequests.Tests.Reporting;

/// <summary>Labels and reviewer of the pull request.</summary>
[Collection(ReportingCollection.Name)]
public sealed class DecorationTests(ReportingServers servers) : ReportingTest(servers)
{
    [Fact]
    public async Task ReportAsync_PullRequestOfAnIssue_GetsTheLabelAndItsRequesterAsReviewerOnce()
    {
        var (task, _) = await SucceededAsync();
        await ReportAsync(task);
        await FollowUpAsync(task);
        await ReportAsync(task);

        Assert.Equal("labels codex; reviewers writer", await ShownAsync());
        Assert.Equal((1, 1), (GitHub.Count("AddLabelsAsync"), GitHub.Count("RequestReviewersAsync")));
    }

    [Fact]
    public async Task ReportAsync_PullRequestOfATaskFromElsewhere_GetsTheLabelAndNoReviewer()
    {
        var (task, _) = await SucceededAsync(await SubmitElsewhereAsync(), []);

        await ReportAsync(task);

        Assert.Equal("labels codex; reviewers ", await ShownAsync());
    }

    [Theory]
    [InlineData("labels$")]
    [InlineData("requested_reviewers$")]
    public async Task ReportAsync_GitHubIsAwayForThem_LooksAgain(string call)
    {
        await Emulator.Control.InjectAsync(new EmulatedFault { Kind = "answer", Status = 502, Method = "POST", Path = $"{Repository}/.*{call}" });
        var (task, _) = await SucceededAsync();
        await ReportAsync(task);
        Assert.False((await StoredAsync(task)).Settled);

        Clock.Advance((await StoredAsync(task)).NextTryAt!.Value - Clock.GetUtcNow() + TimeSpan.FromSeconds(1));
        await ReportAsync(task);

        Assert.Equal("labels codex; reviewers writer", await ShownAsync());
        Assert.Equal((true, null), ((await StoredAsync(task)).Settled, (await StoredAsync(task)).Problem));
    }

    [Fact]
    public async Task ReportAsync_GitHubRefusesTheReviewer_IsNoProblemAndNotTriedAgain()
    {
        await Emulator.Control.InjectAsync(new EmulatedFault { Kind = "refused", Method = "POST", Path = $"{Repository}/.*requested_reviewers$" });
        var (task, _) = await SucceededAsync();

        await ReportAsync(task);
        await ReportAsync(task);

        Assert.Equal("labels codex; reviewers ", await ShownAsync());
        Assert.Equal((true, null), ((await StoredAsync(task)).Settled, (await StoredAsync(task)).Problem));
    }

    private async Task<string> ShownAsync()
    {
        var pull = await Emulator.SendAsync("writer", HttpMethod.Get, $"repos/{Repository}/pulls/{Pull}");
        var labels = pull.GetProperty("labels").EnumerateArray().Select(label => label.GetProperty("name").GetString());
        var reviewers = pull.GetProperty("requested_reviewers").EnumerateArray().Select(person => person.GetProperty("login").GetString());
        return $"labels {string.Join(' ', labels)}; reviewers {string.Join(' ', reviewers)}";
    }
}
