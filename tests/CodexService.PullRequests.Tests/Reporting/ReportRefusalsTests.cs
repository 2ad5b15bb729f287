using CodexService.Contracts.Api;
using CodexService.Testing.GitHub;

namespace CodexService.PullRequests.Tests.Reporting;

/// <summary>What GitHub refuses to show is told in the task, a line each and once.</summary>
[Collection(ReportingCollection.Name)]
public sealed class ReportRefusalsTests(ReportingServers servers) : ReportingTest(servers)
{
    [Fact]
    public async Task ReportAsync_IssueLocked_IsOneClearProblemAndTheCheckIsShown()
    {
        var path = $"{Repository}/issues/.*comments$";
        await Emulator.Control.InjectAsync(new EmulatedFault { Kind = "answer", Status = 403, Method = "POST", Path = path, Times = 0, Body = new { message = "Unable to create comment because issue is locked." } });
        var (task, head) = await SucceededAsync();

        await ReportAsync(task);
        GitHub.Forget();
        await ReportAsync(task);

        Assert.Empty(GitHub.Calls);
        Assert.Equal($"the conversation of #{Issue} in {Repository} is locked: unlock it to see the task's state there", (await StoredAsync(task)).Problem);
        Assert.Single(await ChecksAsync(head));
        Assert.Equal([$"GitHub does not show all of this task: {(await StoredAsync(task)).Problem}"], await ToldAsync(task));

        // Unlocked, and the task goes on: it is tried again.
        await Emulator.Control.CalmAsync(path);
        await FollowUpAsync(task);
        await ReportAsync(task);
        Assert.Single(await CommentsAsync());
        Assert.Null((await StoredAsync(task)).Problem);
    }

    [Fact]
    public async Task ReportAsync_IssueStaysLocked_IsToldOnceInTheTask()
    {
        var path = $"{Repository}/issues/.*comments$";
        await Emulator.Control.InjectAsync(new EmulatedFault { Kind = "answer", Status = 403, Method = "POST", Path = path, Times = 0, Body = new { message = "Unable to create comment because issue is locked." } });
        var task = await SubmitAsync();
        await ReportAsync(task);
        var lease = await ClaimAsync(task);
        await ReportAsync(task);
        await Services.FinishAsync(lease, AttemptState.Failed);

        await ReportThroughDeathsAsync(task);

        await Emulator.Control.CalmAsync(path);
        Assert.Single(await ToldAsync(task));
    }

    [Fact]
    public async Task ReportAsync_IssueDeleted_IsToldInTheTask()
    {
        var path = $"{Repository}/issues/{Issue}/";
        await Emulator.Control.InjectAsync(new EmulatedFault { Kind = "answer", Status = 410, Path = path, Times = 0, Body = new { message = "This issue was deleted" } });
        var task = await SubmitAsync();

        await ReportAsync(task);

        await Emulator.Control.CalmAsync(path);
        Assert.Equal([$"GitHub does not show all of this task: #{Issue} in {Repository} was deleted, so nothing can be said there"], await ToldAsync(task));
    }

    [Fact]
    public async Task ReportAsync_NoPermissionForIssuesAndChecks_IsALineEachInTheTask()
    {
        var refusal = new { message = "Resource not accessible by integration" };
        string[] paths = [$"{Repository}/issues/.*comments$", $"{Repository}/check-runs$", $"{Repository}/statuses/"];
        foreach (var path in paths)
        {
            await Emulator.Control.InjectAsync(new EmulatedFault { Kind = "answer", Status = 403, Method = "POST", Path = path, Times = 0, Body = refusal });
        }

        var (task, _) = await SucceededAsync();
        await ReportAsync(task);

        await Task.WhenAll(paths.Select(path => Emulator.Control.CalmAsync(path)));
        var told = await ToldAsync(task);
        Assert.Contains(told, line => line.Contains("the credentials may not", StringComparison.Ordinal) && line.Contains("comment", StringComparison.Ordinal));
        Assert.Contains(told, line => line.Contains("the credentials may not", StringComparison.Ordinal) && line.Contains("check", StringComparison.Ordinal));
        Assert.DoesNotContain(told, line => line.Contains("status", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ReportAsync_RepositoryGone_IsOneProblemAndNothingIsTriedAgain()
    {
        var task = await SubmitAsync();
        await Emulator.Control.RemoveAsync(Repository);
        await ReportAsync(task);
        var calls = GitHub.Calls.Count;

        await ReportAsync(task);

        Assert.Equal(calls, GitHub.Calls.Count);
        Assert.Contains(Repository, (await StoredAsync(task)).Problem, StringComparison.Ordinal);
        Assert.NotEmpty(await ToldAsync(task));
    }
}
