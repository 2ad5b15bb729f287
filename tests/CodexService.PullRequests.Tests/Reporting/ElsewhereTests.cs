using CodexService.Contracts.Api;
using CodexService.PullRequests.Reporting;
using CodexService.Tasks.Attempts;
using CodexService.Testing;

namespace CodexService.PullRequests.Tests.Reporting;

/// <summary>What GitHub shows of tasks that were asked for in the dashboard, by CLI or REST.</summary>
[Collection(ReportingCollection.Name)]
public sealed class ElsewhereTests(ReportingServers servers) : ReportingTest(servers)
{
    [Fact]
    public async Task ReportAsync_BeforeItsPullRequest_MakesNoCall()
    {
        var task = await SubmitElsewhereAsync();
        await VerifyAsync(await ClaimAsync(task));

        await ReportAsync(task);

        Assert.Empty(GitHub.Calls);
        Assert.DoesNotContain(task, await Services.Get<TaskReporter>().FindDueAsync(default));
    }

    [Fact]
    public async Task ReportAsync_PullRequestOpened_HasItsCheckAndNoComment()
    {
        var (task, head) = await SucceededAsync(await SubmitElsewhereAsync(), []);
        Assert.Contains(task, await Services.Get<TaskReporter>().FindDueAsync(default));

        await ReportAsync(task);

        Assert.Equal(("completed", "success", $"{task:D}:1"), Assert.Single(await ChecksAsync(head)));
        Assert.Empty(await CommentsAsync(Pull));
        Assert.True((await StoredAsync(task)).Settled);
        Assert.DoesNotContain(task, await Services.Get<TaskReporter>().FindDueAsync(default));
    }

    [Fact]
    public async Task ReportAsync_HeldPaths_AreToldOnThePullRequest()
    {
        var (task, _) = await SucceededAsync(await SubmitElsewhereAsync(), [".github/workflows/ci.yml"]);

        await ReportAsync(task);
        await ReportAsync(task);

        Assert.Contains("`@codex approve`", Assert.Single(await CommentsAsync(Pull)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReportAsync_FollowUp_IsToldInOneCommentOnThePullRequestAndHasItsChecks()
    {
        var (task, first) = await SucceededAsync(await SubmitElsewhereAsync(), []);
        await ReportAsync(task);
        await FollowUpAsync(task);
        await ReportAsync(task);
        Assert.Contains("### ⏳ Queued", Assert.Single(await CommentsAsync(Pull)).Body, StringComparison.Ordinal);
        await VerifyAsync(await ClaimAsync(task));
        var second = await PublishAsync(task);

        await ReportAsync(task);

        Assert.Contains("### ✅ Ready for review", Assert.Single(await CommentsAsync(Pull)).Body, StringComparison.Ordinal);
        Assert.All(await ChecksAsync(first), run => Assert.Equal(("completed", "success"), (run.Status, run.Conclusion)));
        Assert.Equal(("completed", "success", $"{task:D}:2"), Assert.Single(await ChecksAsync(second)));
    }

    [Fact]
    public async Task ReportAsync_KilledBeforeOrAfterAnyCall_IsStillOneOfEach()
    {
        var (task, first) = await SucceededAsync(await SubmitElsewhereAsync(), []);
        await ReportThroughDeathsAsync(task);
        await FollowUpAsync(task);
        await Services.FinishAsync(await ClaimAsync(task), AttemptState.NoChange);

        await ReportThroughDeathsAsync(task);

        Assert.Single(await CommentsAsync(Pull));
        Assert.Equal("completed", Assert.Single(await ChecksAsync(first)).Status);
    }
}
