using CodexService.PullRequests.Reporting;
using CodexService.Tasks.Events;
using CodexService.Testing;

namespace CodexService.PullRequests.Tests.Reporting;

/// <summary>When tasks are reported: real signals, a real database.</summary>
[Collection(ReportingCollection.Name)]
public sealed class ReportDispatcherTests(ReportingServers servers) : ReportingTest(servers)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Start_TaskChangedBefore_IsFoundByTheLook()
    {
        var task = await SubmitAsync();

        await Services.StartAsync<ReportDispatcher>();

        await UntilAsync(async () => (await CommentsAsync()).Count == 1);

        // It is noted after GitHub has it, and nothing calls GitHub after that.
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        while ((await StoredAsync(task)).CommentsMade != 1)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
        }

        Assert.Single(await CommentsAsync());
    }

    [Fact]
    public async Task Start_ManyChangesAtOnce_AreFewUpdates()
    {
        var started = TimeProvider.System.GetTimestamp();
        await Services.StartAsync<ReportDispatcher>();
        var task = await SubmitAsync();
        await UntilAsync(async () => (await CommentsAsync()).Count == 1);
        var lease = await ClaimAsync(task);
        foreach (var stage in (string[])["checkout", "sandbox", "reproduce", "localize", "search", "export", "verify"])
        {
            await Services.Leases.RecordAsync(lease, new Tasks.Attempts.AttemptReport(Contracts.Api.TaskEventTypes.StageStarted, stage) { Stage = stage }, default);
        }

        await UntilAsync(async () => (await CommentsAsync()) is [var comment] && comment.Body.Contains("verifying the patch", StringComparison.Ordinal));

        // Once when it came, once more for all that happened since; a slow machine may fit some between, at the dispatcher's pace. What
        // earlier tests left to be told is none of this.
        var atThePace = (int)(TimeProvider.System.GetElapsedTime(started) / Pace);
        Assert.InRange(GitHub.Count("UpdateCommentAsync", Repository), 1, 2 + atThePace);
    }

    // The database tells nobody of what GitHub shows: looked at whenever a call has reached it.
    private async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        while (!await isSo())
        {
            await GitHub.CalledAsync(patience.Token);
        }
    }
}
