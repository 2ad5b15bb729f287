using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Forges;
using CodexService.PullRequests.Pending;
using CodexService.Repositories;
using CodexService.Tasks;
using CodexService.Tasks.FollowUps;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.PullRequests;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.FollowUps;

/// <summary>
/// Looks for what waits on pull requests: follow-ups whose task has ended, checks to collect, heads to look at, and pull requests that were
/// closed here and are open on GitHub.
/// </summary>
internal sealed class PendingFollowUpPoller(
    PendingFollowUps pending,
    CheckFixes checks,
    PullRequestFollower follower,
    ConflictResolutions conflicts,
    OurWork work,
    IGitHub github,
    ForgeSelection forges,
    IDbContextFactory<TasksDbContext> contexts,
    TaskStore store,
    RetryPauses pauses,
    TimeProvider time,
    ILogger<PendingFollowUpPoller> logger) : WaitingWorkPoller(pauses, time, logger)
{
    private const int Batch = 50;

    public override async Task LookAsync(CancellationToken cancellationToken)
    {
        await EachAsync(
            "collect follow-up",
            await pending.CollectingAsync(Now, cancellationToken),
            asked => $"{asked.Id:D}",
            asked => CollectAsync(asked, cancellationToken),
            (asked, why) => pending.GiveUpAsync(asked, why, cancellationToken),
            cancellationToken);
        await EachAsync(
            "begin follow-ups of task",
            await pending.TasksInTimeAsync(cancellationToken),
            task => $"{task:D}",
            task => pending.BeginAsync(task, cancellationToken),
            (task, why) => pending.GiveUpAsync(task, why, cancellationToken),
            cancellationToken);

        await EachAsync(
            "ask a person after fix",
            await pending.FruitlessFixesAsync(cancellationToken),
            fix => $"{fix.Id:D}",
            fix => AskAsync(fix, cancellationToken),
            (fix, why) => pending.NoteAsync(fix.Id, why, cancellationToken),
            cancellationToken);

        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await EachAsync(
            "close the pull request of task",
            await db.PullRequests.AsNoTracking().Where(p => p.IsCloseUntold).OrderBy(p => p.Id).Take(Batch).ToListAsync(cancellationToken),
            pull => $"{pull.TaskId:D}",
            pull => CloseAsync(pull, cancellationToken),
            (pull, why) => EndCloseAsync(pull, why, cancellationToken),
            cancellationToken);
    }

    // Whether nobody else is at the task.
    private async Task<bool> CollectAsync(PendingFollowUp asked, CancellationToken cancellationToken)
    {
        try
        {
            if (asked.Kind == PendingKind.Head)
            {
                await LookAtHeadAsync(asked, cancellationToken);
                return true;
            }

            return await (asked.Kind switch
            {
                PendingKind.Check => checks.CollectAsync(asked, cancellationToken),
                PendingKind.Conflict => conflicts.CollectAsync(asked, cancellationToken),
                PendingKind.ConflictEnd => conflicts.TellEndAsync(asked, cancellationToken),
                _ => throw new InvalidOperationException($"what is asked as {asked.Kind} is not collected"),
            });
        }
        catch (GitHubException e) when (!e.IsPassing)
        {
            await pending.GiveUpAsync(asked, e.Message, cancellationToken);
            return true;
        }
    }

    private async Task<bool> AskAsync(PendingFollowUp fix, CancellationToken cancellationToken)
    {
        try
        {
            return await checks.AskAsync(fix, cancellationToken);
        }
        catch (GitHubException e) when (!e.IsPassing)
        {
            await pending.NoteAsync(fix.Id, e.Message, cancellationToken);
            return true;
        }
    }

    private async Task LookAtHeadAsync(PendingFollowUp asked, CancellationToken cancellationToken)
    {
        if (await work.OfTaskAsync(asked.TaskId, cancellationToken) is { TaskState: not TaskState.Publishing } ours)
        {
            var (_, isBusy) = await follower.FollowAsync(github.Repository(RepositoryName.Parse(asked.Repository)), ours, "somebody", cancellationToken);
            if (!isBusy)
            {
                await pending.DropAsync(asked.Id, "the head was looked at", cancellationToken);
            }
        }
    }

    private async Task CloseAsync(PullRequest pull, CancellationToken cancellationToken)
    {
        var reference = new PullRequestReference(
            pull.TaskId, RepositoryAddress.Parse(pull.Repository), pull.BaseRef, pull.Branch, pull.HeadCommit, pull.Title, pull.ForgeNumber, pull.ClosedAt ?? pull.CreatedAt) { RepositoryId = pull.RepositoryId };
        var refused = await forges.For(reference.Repository).CloseAsync(reference, cancellationToken) as CloseResult.Refused;
        await EndCloseAsync(pull, refused?.Reason, cancellationToken);
    }

    private Task<CodingTask?> EndCloseAsync(PullRequest pull, string? problem, CancellationToken cancellationToken) => store.ChangeAsync(
        pull.TaskId,
        (task, _, _) =>
        {
            if (problem is not null && task.PullRequest is { IsCloseUntold: true })
            {
                task.GaveUp($"Pull request #{pull.ShownNumber} was closed here, but not on its forge", problem);
            }

            task.ToldClose();
        },
        cancellationToken);
}
