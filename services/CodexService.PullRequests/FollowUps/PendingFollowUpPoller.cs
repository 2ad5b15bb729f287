using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Forges;
using CodexService.Repositories;
using CodexService.Tasks.FollowUps;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.PullRequests;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.FollowUps;

/// <summary>
/// Looks every 5 s for what waits: follow-ups whose task has ended, checks to collect, heads to look at, and pull requests that were
/// closed here and are open on GitHub.
/// </summary>
internal sealed partial class PendingFollowUpPoller(
    PendingFollowUps pending,
    CheckFixes checks,
    PullRequestFollower follower,
    OurWork work,
    IGitHub github,
    ForgeSelection forges,
    IDbContextFactory<TasksDbContext> contexts,
    TaskStore store,
    TimeProvider time,
    ILogger<PendingFollowUpPoller> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Looks once.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var asked in await pending.CollectingAsync(cancellationToken))
        {
            await WithoutStoppingOthersAsync(() => CollectAsync(asked, cancellationToken), cancellationToken);
        }

        foreach (var task in await pending.TasksInTimeAsync(cancellationToken))
        {
            await WithoutStoppingOthersAsync(() => pending.BeginAsync(task, cancellationToken), cancellationToken);
        }

        foreach (var fix in await pending.FruitlessFixesAsync(cancellationToken))
        {
            await WithoutStoppingOthersAsync(() => AskAsync(fix, cancellationToken), cancellationToken);
        }

        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        foreach (var pull in await db.PullRequests.AsNoTracking().Where(p => p.IsCloseUntold).OrderBy(p => p.Id).Take(50).ToListAsync(cancellationToken))
        {
            await WithoutStoppingOthersAsync(() => CloseAsync(pull, cancellationToken), cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await WithoutStoppingOthersAsync(() => LookAsync(stoppingToken), stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task CollectAsync(PendingFollowUp asked, CancellationToken cancellationToken)
    {
        try
        {
            await (asked.Kind == PendingKind.Check ? checks.CollectAsync(asked, cancellationToken) : LookAtHeadAsync(asked, cancellationToken));
        }
        catch (GitHubException e) when (!e.IsPassing)
        {
            await pending.DropAsync(asked.Id, e.Message, cancellationToken);
        }
    }

    private async Task AskAsync(PendingFollowUp fix, CancellationToken cancellationToken)
    {
        try
        {
            await checks.AskAsync(fix, cancellationToken);
        }
        catch (GitHubException e) when (!e.IsPassing)
        {
            await pending.NoteAsync(fix.Id, e.Message, cancellationToken);
        }
    }

    private async Task LookAtHeadAsync(PendingFollowUp asked, CancellationToken cancellationToken)
    {
        if (await work.OfTaskAsync(asked.TaskId, cancellationToken) is { TaskState: not TaskState.Publishing } ours)
        {
            await follower.FollowAsync(github.Repository(RepositoryName.Parse(asked.Repository)), ours, "somebody", cancellationToken);
            await pending.DropAsync(asked.Id, "the head was looked at", cancellationToken);
        }
    }

    private async Task CloseAsync(PullRequest pull, CancellationToken cancellationToken)
    {
        var reference = new PullRequestReference(
            pull.TaskId, RepositoryAddress.Parse(pull.Repository), pull.BaseRef, pull.Branch, pull.HeadCommit, pull.Title, pull.ForgeNumber, pull.ClosedAt ?? pull.CreatedAt);
        if (await forges.For(reference.Repository).CloseAsync(reference, cancellationToken) is CloseResult.Refused refused)
        {
            LogNotClosed(pull.ShownNumber, refused.Reason);
        }

        await store.ChangeAsync(pull.TaskId, (task, _, _) => task.ToldClose(), cancellationToken);
    }

    // One that cannot be worked on must not hold up the others.
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

    [LoggerMessage(LogLevel.Warning, "Looking for what waits on pull requests failed ({Reason}); the service tries again in 5 s")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Warning, "Pull request #{Number} was closed here, but not on its forge: {Reason}")]
    private partial void LogNotClosed(int number, string reason);
}
