using CodexService.Contracts.Api;
using CodexService.PullRequests.Merging;
using CodexService.PullRequests.Opening;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Pending;

/// <summary>Looks every 5 s for pull requests that wait to be opened or merged, so that a lost message delays and never loses.</summary>
internal sealed partial class PendingPullRequestPoller(
    IDbContextFactory<TasksDbContext> contexts,
    PullRequestOpener opener,
    PullRequestMerger merger,
    TimeProvider time,
    ILogger<PendingPullRequestPoller> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await WorkAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        foreach (var id in await db.Tasks.Where(t => t.State == TaskState.Publishing).OrderBy(t => t.Id).Select(t => t.Id).Take(50).ToListAsync(cancellationToken))
        {
            await WithoutStoppingOthersAsync(() => opener.OpenAsync(id, cancellationToken), cancellationToken);
        }

        foreach (var id in await db.PullRequests.Where(p => p.State == PullRequestState.Merging).OrderBy(p => p.Id).Select(p => p.Id).Take(50).ToListAsync(cancellationToken))
        {
            await WithoutStoppingOthersAsync(() => merger.MergeAsync(id, cancellationToken), cancellationToken);
        }
    }

    // One pull request that cannot be worked on must not hold up all younger ones.
    private async Task WithoutStoppingOthersAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(e.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Looking for waiting pull requests failed ({Reason}); the service tries again in 5 s")]
    private partial void LogFailed(string reason);
}
