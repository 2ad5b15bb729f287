using CodexService.Contracts.Api;
using CodexService.PullRequests.Reporting;
using CodexService.Tasks.Reports;
using CodexService.Testing;
using CodexService.Testing.GitHub;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Tests.Reporting;

/// <summary>What GitHub shows of a task from its beginning to its end, and after whatever went wrong between.</summary>
[Collection(ReportingCollection.Name)]
public sealed class TaskReporterTests(ReportingServers servers) : ReportingTest(servers)
{
    [Fact]
    public async Task ReportAsync_QueuedToSucceeded_IsOneCommentOneCheck()
    {
        var task = await SubmitAsync();
        await ReportAsync(task);
        var comment = Assert.Single(await CommentsAsync());
        Assert.StartsWith($"<!-- codex:task:{task:D} -->\n", comment.Body, StringComparison.Ordinal);
        Assert.Contains("### ⏳ Queued, ", comment.Body, StringComparison.Ordinal);
        Assert.Equal(EmulatorFixture.AppLogin, comment.Author);

        var lease = await ClaimAsync(task);
        await ReportAsync(task);
        Assert.Contains("### 🛠️ Working on it", Assert.Single(await CommentsAsync()).Body, StringComparison.Ordinal);

        await VerifyAsync(lease);
        await ReportAsync(task);
        var head = await PublishAsync(task);
        await ReportAsync(task);

        Assert.Contains("### ✅ Ready for review: [#2](", Assert.Single(await CommentsAsync()).Body, StringComparison.Ordinal);
        Assert.Equal(("completed", "success", $"{task:D}:1"), Assert.Single(await ChecksAsync(head)));
        Assert.Equal((1, 1), (GitHub.Count("CreateCommentAsync"), GitHub.Calls.Count(call => call == "CreateAsync")));
        Assert.True((await StoredAsync(task)).Settled);
    }

    [Fact]
    public async Task ReportAsync_NothingChanged_MakesNoCall()
    {
        var (task, _) = await SucceededAsync();
        await ReportAsync(task);
        GitHub.Forget();

        await ReportAsync(task);

        Assert.Empty(GitHub.Calls);
        Assert.DoesNotContain(task, await Services.Get<TaskReporter>().FindDueAsync(default));
    }

    [Fact]
    public async Task ReportAsync_TaskOfTheApi_MakesNoCall()
    {
        var task = await Services.SubmitAsync();

        await Services.Get<TaskReporter>().ReportAsync(task, default);

        Assert.Empty(GitHub.Calls);
        Assert.DoesNotContain(task, await Services.Get<TaskReporter>().FindDueAsync(default));
    }

    [Fact]
    public async Task ReportAsync_FollowUp_HasACheckOnTheOldHeadUntilTheNewOneIsThere()
    {
        var (task, first) = await SucceededAsync();
        await ReportAsync(task);
        await FollowUpAsync(task);
        await ReportAsync(task);
        Assert.Equal([("completed", "success"), ("queued", null)], (await ChecksAsync(first)).OrderBy(run => run.ExternalId).Select(run => (run.Status, run.Conclusion)));
        var lease = await ClaimAsync(task);
        await ReportAsync(task);
        Assert.Contains(("in_progress", null, $"{task:D}:2"), await ChecksAsync(first));
        await VerifyAsync(lease);

        var second = await PublishAsync(task);
        await ReportAsync(task);

        Assert.Equal([("completed", "success"), ("completed", "success")], (await ChecksAsync(first)).Select(run => (run.Status, run.Conclusion)));
        Assert.Equal(("completed", "success", $"{task:D}:2"), Assert.Single(await ChecksAsync(second)));
        Assert.Contains("<summary>Before this (1 round)</summary>", Assert.Single(await CommentsAsync()).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AttemptState.NoChange)]
    [InlineData(AttemptState.Failed)]
    [InlineData(AttemptState.TimedOut)]
    public async Task ReportAsync_FollowUpEndsWithoutACommit_SettlesItsCheck(AttemptState end)
    {
        var (task, head) = await SucceededAsync();
        await ReportAsync(task);
        await FollowUpAsync(task);
        var lease = await ClaimAsync(task);
        await ReportAsync(task);
        await Services.FinishAsync(lease, end, "3 workers stopped answering");

        // As after a restart: nothing is known but what is stored.
        await ReportAsync(task);

        Assert.All(await ChecksAsync(head), run => Assert.Equal(("completed", "success"), (run.Status, run.Conclusion)));
        var comment = Assert.Single(await CommentsAsync()).Body;
        Assert.StartsWith("### ✅ Ready for review: ", comment[comment.IndexOf("###", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Contains("3 workers stopped answering", comment, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task ReportAsync_KilledBeforeOrAfterAnyCall_IsStillOneOfEach()
    {
        var (task, head) = await SucceededAsync([".github/workflows/ci.yml"]);

        await ReportThroughDeathsAsync(task);

        Assert.Single(await CommentsAsync());
        Assert.Single(await CommentsAsync(Pull));
        Assert.Single(await ChecksAsync(head));
        Assert.True((await StoredAsync(task)).Settled);
    }

    [Fact]
    public async Task ReportAsync_AnswersLost_IsStillOneOfEach()
    {
        var (task, head) = await SucceededAsync();
        foreach (var path in (string[])["comments$", "check-runs$"])
        {
            await Emulator.Control.InjectAsync(new EmulatedFault { Kind = "lost", Method = "POST", Path = $"{Repository}/.*{path}" });
        }

        for (var i = 0; i < 4; i++)
        {
            await ReportAsync(task);
            Clock.Advance(TimeSpan.FromSeconds(30));
        }

        await Emulator.Control.CalmAsync();
        Assert.Single(await CommentsAsync());
        Assert.Single(await ChecksAsync(head));
        Assert.Equal((true, null), ((await StoredAsync(task)).Settled, (await StoredAsync(task)).Problem));
    }

    [Fact]
    public async Task ReportAsync_CommentDeletedByAPerson_IsMadeAnewOnce()
    {
        var task = await SubmitAsync();
        await ReportAsync(task);
        await DeleteAsync((await CommentsAsync())[0].Id);
        var lease = await ClaimAsync(task);
        await ReportAsync(task);
        Assert.Contains("Working on it", Assert.Single(await CommentsAsync()).Body, StringComparison.Ordinal);

        await DeleteAsync((await CommentsAsync())[0].Id);
        await Services.FinishAsync(lease, AttemptState.Failed, "nothing works");
        await ReportAsync(task);
        await ReportAsync(task);

        Assert.Empty(await CommentsAsync());
        Assert.Contains("was deleted more than once", (await StoredAsync(task)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReportAsync_CommentOfAStrangerWithOurMark_IsLeftAlone()
    {
        var task = await SubmitAsync();
        await Emulator.CommentAsync(Repository, "writer", Issue, $"<!-- codex:task:{task:D} -->\nmine");

        await ReportAsync(task);

        Assert.Equal([("mine", "writer"), ("### ⏳ Queued", EmulatorFixture.AppLogin)], (await CommentsAsync()).Select(comment => (comment.Body.Contains("mine", StringComparison.Ordinal) ? "mine" : "### ⏳ Queued", comment.Author)));
    }

    [Fact]
    public async Task ReportAsync_ChecksAreForAppsOnly_SetsACommitStatus()
    {
        await Emulator.Control.InjectAsync(new EmulatedFault
        {
            Kind = "answer", Status = 403, Method = "POST", Path = $"{Repository}/check-runs$", Times = 0, Body = new { message = "You must authenticate via a GitHub App." },
        });
        var (task, head) = await SucceededAsync();
        await ReportAsync(task);
        Assert.Equal(1, GitHub.Count("ListAsync"));
        await FollowUpAsync(task);
        await ReportAsync(task);
        await ReportAsync(task);
        await Services.FinishAsync(await ClaimAsync(task), AttemptState.NoChange);
        await ReportAsync(task);

        // Asked once in this process; then a status for: verified, waits, settled.
        Assert.Equal(4, GitHub.Count("CreateAsync"));
        Assert.Equal(1, GitHub.Count("ListAsync"));
        Assert.Empty(await ChecksAsync(head));
        Assert.Null((await StoredAsync(task)).Problem);
        await Emulator.Control.CalmAsync($"{Repository}/check-runs$");
    }

    [Fact]
    public async Task ReportAsync_NothingButHeldPaths_ShowsThePatchOnTheIssue()
    {
        const string Patch =
            """
            diff --git a/.github/workflows/ci.yml b/.github/workflows/ci.yml
            index 1111111..2222222 100644
            --- a/.github/workflows/ci.yml
            +++ b/.github/workflows/ci.yml
            @@ -1 +1 @@
            -on: push
            +on: pull_request

            """;
        var task = await SubmitAsync();
        var lease = await ClaimAsync(task);
        await VerifyAsync(lease);
        await using var db = await Services.Contexts.CreateDbContextAsync();
        await db.AttemptResults.Where(result => result.AttemptId == lease.AttemptId).ExecuteUpdateAsync(result => result.SetProperty(one => one.Patch, Patch));
        await Services.Store.ChangeAsync(task, (current, now, _) => current.FailPublishing("the patch changes nothing but .github/workflows/ci.yml, which only a person may change; apply it by hand", now), default);

        await ReportAsync(task);

        var body = Assert.Single(await CommentsAsync()).Body;
        Assert.Contains("### ✋ Verified, but only a person may make this change\n", body, StringComparison.Ordinal);
        Assert.Contains($"```diff\n{Patch}```\n", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReportAsync_GitHubIsAwayForLongAtTheTasksEnd_IsMadeUpForWhenItIsBack()
    {
        var task = await SubmitAsync();
        await ReportAsync(task);
        await Emulator.Control.InjectAsync(new EmulatedFault { Kind = "answer", Status = 503, Path = $"{Repository}/", Times = 0 });
        await Services.FinishAsync(await ClaimAsync(task), AttemptState.NoChange);

        // Not as long as it may be: the token is good for an hour, and the emulator gives none to an App whose clock is ahead.
        for (var i = 0; i < 10; i++)
        {
            var stored = await ReportedAsync(task);
            Assert.False(stored.Settled);
            Clock.Advance(stored.NextTryAt!.Value - Clock.GetUtcNow() + TimeSpan.FromSeconds(1));
        }

        await Emulator.Control.CalmAsync($"{Repository}/");
        Assert.Contains(task, await Services.Get<TaskReporter>().FindDueAsync(default));
        await ReportAsync(task);

        Assert.Contains("No verified change was found", Assert.Single(await CommentsAsync()).Body, StringComparison.Ordinal);
        Assert.Equal((true, null, null), ((await StoredAsync(task)).Settled, (await StoredAsync(task)).Problem, (await StoredAsync(task)).FailingSince));
    }

    [Fact]
    public async Task ReportAsync_GitHubIsAwayForDays_IsTriedWithGrowingPausesAndGivenUp()
    {
        await Emulator.Control.InjectAsync(new EmulatedFault { Kind = "answer", Status = 503, Path = $"{Repository}/", Times = 0 });
        var task = await SubmitAsync();
        await Services.FinishAsync(await ClaimAsync(task), AttemptState.NoChange);
        var pauses = new List<TimeSpan>();

        // Else the first pause may be over before it is looked at.
        Clock.Stop();
        while (!(await ReportedAsync(task)).Settled)
        {
            var stored = await StoredAsync(task);
            pauses.Add(stored.NextTryAt!.Value - Clock.GetUtcNow());
            Assert.DoesNotContain(task, await Services.Get<TaskReporter>().FindDueAsync(default));
            Clock.Advance(pauses.Count < 10 ? pauses[^1] + TimeSpan.FromSeconds(1) : TimeSpan.FromHours(20));
        }

        Assert.True(pauses[^1] > pauses[0] * 100 && pauses.TrueForAll(pause => pause <= TimeSpan.FromMinutes(15)), string.Join(", ", pauses));
        Assert.StartsWith("given up after 3 days: ", (await StoredAsync(task)).Problem, StringComparison.Ordinal);
        Assert.Contains("503", (await StoredAsync(task)).Problem, StringComparison.Ordinal);
        Assert.Equal([$"GitHub does not show all of this task: {(await StoredAsync(task)).Problem}"], await ToldAsync(task));
        GitHub.Forget();
        await ReportAsync(task);
        Assert.Empty(GitHub.Calls);
        await Emulator.Control.CalmAsync($"{Repository}/");
    }

    [Fact]
    public async Task ReportAsync_HeldPaths_AreToldOnceForEachHead()
    {
        var (task, _) = await SucceededAsync([".github/workflows/ci.yml"]);
        await ReportAsync(task);
        await ReportAsync(task);
        Assert.Contains("`@codex approve`", Assert.Single(await CommentsAsync(Pull)).Body, StringComparison.Ordinal);

        await FollowUpAsync(task);
        await VerifyAsync(await ClaimAsync(task));
        var second = await PublishAsync(task, [".github/workflows/ci.yml"]);
        await ReportAsync(task);

        Assert.Equal(2, (await CommentsAsync(Pull)).Count);
        Assert.StartsWith($"<!-- codex:held:{task:D}:{second} -->\n", (await CommentsAsync(Pull))[1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReportAsync_TwoProcessesAtOnce_MakeOneComment()
    {
        var task = await SubmitAsync();

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Services.Get<TaskReporter>().ReportAsync(task, default)));

        Assert.Single(await CommentsAsync());
    }

    private async Task<GitHubReport> ReportedAsync(Guid task)
    {
        await ReportAsync(task);
        return await StoredAsync(task);
    }

    private async Task DeleteAsync(long comment) => await Emulator.SendAsync("writer", HttpMethod.Delete, $"repos/{Repository}/issues/comments/{comment}");
}
