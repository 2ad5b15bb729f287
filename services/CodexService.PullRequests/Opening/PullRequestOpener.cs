using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.PullRequests.Forges;
using CodexService.PullRequests.Pending;
using CodexService.Repositories;
using CodexService.Repositories.Checkout;
using CodexService.Repositories.Patches;
using CodexService.Repositories.Publishing;
using CodexService.Tasks;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Origins;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.PullRequests;
using CodexService.Tasks.Rounds;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Opening;

/// <summary>
/// Opens the pull request of a task whose patch is verified. Branch name, commit and date follow from what is stored, so
/// a repetition after a crash finds the same branch and commit. A pull request that is open gets the patch as its new head.
/// Thread-safe.
/// </summary>
internal sealed partial class PullRequestOpener(
    ForgeSelection forges,
    ITaskOrigins origins,
    DashboardAddress dashboard,
    RepositoryCheckout checkout,
    PatchedTrees trees,
    IDbContextFactory<TasksDbContext> contexts,
    TaskStore store,
    TaskRounds rounds,
    OneAtATime oneAtATime,
    RetryPauses pauses,
    TimeProvider time,
    ILogger<PullRequestOpener> logger)
{
    // A repository that does not answer comes back: GitHub's longest outages took hours. A fault of ours does not.
    private static readonly TimeSpan Patience = TimeSpan.FromHours(6);
    private static readonly TimeSpan PatienceWithUs = TimeSpan.FromMinutes(10);

    /// <summary>Opens the pull request; does nothing when the task does not wait for one, or rests until its next try.</summary>
    /// <returns>Whether nobody else is at it.</returns>
    public Task<bool> OpenAsync(Guid taskId, CancellationToken cancellationToken) =>
        pauses.IsDue(Key(taskId)) ? oneAtATime.RunAsync(taskId, () => OpenOnceAsync(taskId, cancellationToken), cancellationToken) : Task.FromResult(false);

    private async Task OpenOnceAsync(Guid taskId, CancellationToken cancellationToken)
    {
        if (await ReadAsync(taskId, cancellationToken) is not var (task, result, verifiedAt))
        {
            pauses.Forget(Key(taskId));
            return;
        }

        try
        {
            if (task.PullRequest is { } pull)
            {
                await MoveAsync(task, pull, result, verifiedAt, cancellationToken);
                pauses.Forget(Key(taskId));
                return;
            }

            var draft = await DraftAsync(task, result, verifiedAt, cancellationToken);
            switch (await forges.For(draft.Repository).OpenAsync(draft, cancellationToken))
            {
                case OpenResult.Opened opened:
                    var number = await store.NextPullRequestNumberAsync(cancellationToken);
                    await store.ChangeAsync(
                        taskId,
                        (current, now, _) =>
                        {
                            current.OpenPullRequest(Stored(draft, opened, number), now);
                            FollowWhatPeopleDid(current, opened, now);
                        },
                        cancellationToken);
                    LogOpened(number, taskId, opened.Branch ?? draft.Branch);
                    break;
                case OpenResult.Refused refused:
                    await FailAsync(taskId, refused.Reason, cancellationToken);
                    break;
            }

            pauses.Forget(Key(taskId));
        }
        catch (RepositoryException e) when (e.Kind is RepositoryErrorKind.Unreachable)
        {
            var (since, pause) = pauses.Failed(Key(taskId), e.RetryAfter);
            if (time.GetUtcNow() - since < Patience)
            {
                LogWaiting(taskId, e.Message, pause);
            }
            else
            {
                await FailAsync(taskId, $"tried for {Patience.TotalHours:0} hours: {e.Message}", cancellationToken);
            }
        }
        catch (RepositoryException e)
        {
            await FailAsync(taskId, e.Message, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException && time.GetUtcNow() - (task.ChosenAt ?? verifiedAt) >= PatienceWithUs)
        {
            // A fault of ours that does not pass: the task must not wait for ever.
            LogBroken(e, taskId);
            await FailAsync(taskId, "an error inside the service; its log says which", cancellationToken);
        }
    }

    private async Task<(CodingTask Task, AttemptResult Result, DateTimeOffset VerifiedAt)?> ReadAsync(Guid taskId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var task = await db.Tasks.AsNoTracking().Include(t => t.Attempts).Include(t => t.PullRequest).SingleOrDefaultAsync(t => t.Id == taskId, cancellationToken);
        if (task is not { State: TaskState.Publishing })
        {
            return null;
        }

        var result = await db.AttemptResults.AsNoTracking().SingleAsync(r => r.AttemptId == task.WinningAttemptId, cancellationToken);
        return (task, result, task.Attempts.Single(a => a.Id == task.WinningAttemptId).FinishedAt!.Value);
    }

    private async Task<PullRequestDraft> DraftAsync(CodingTask task, AttemptResult result, DateTimeOffset verifiedAt, CancellationToken cancellationToken)
    {
        var address = RepositoryAddress.Parse(task.Repository);
        var readable = task.PullRequest is null || task.Attempts.Single(a => a.Id == task.WinningAttemptId).MergedCommit is not null ? await forges.For(address).ReadableAsync(address, cancellationToken) : address;
        var target = task.PullRequest?.BaseRef ?? (await checkout.ResolveAsync(readable, task.BaseRef, cancellationToken)).Branch;
        var winner = task.Attempts.Single(a => a.Id == task.WinningAttemptId);
        var start = winner.BaseCommit ?? task.BaseCommit!;
        var held = winner.MergedCommit is { } merged
            ? (await trees.ReadMergeAsync(readable, start, merged, result.Patch, cancellationToken)).Held
            : PatchPolicy.Check(result.Patch).Held;
        var description = new ChangeDescription(
            task.Id,
            await rounds.PromptAsync(task.Id, winner.PromptNumber, cancellationToken),
            result.Title,
            result.Summary,
            result.Brain,
            winner.MergedCommit ?? start,
            JsonSerializer.Deserialize<VerificationReport>(result.Verification!, JsonConventions.Options)!,
            held)
        {
            Log = dashboard.Of(task.Id),
            Earlier = winner.PromptNumber == 1 ? [] : [.. (await rounds.EarlierAsync(task.Id, winner.PromptNumber, cancellationToken))
                .Select(round => new EarlierRequest(round.Prompt, round.Reason ?? "nothing was done"))],
        };
        var came = await origins.FindAsync(task.Id, cancellationToken);
        var origin = came is not null ? new ChangeOrigin(came.Number, came.IsPullRequest, came.RequestedBy) : null;
        return new PullRequestDraft(
            task.Id,
            address,
            target,
            start,
            task.PullRequest?.Branch ?? await NameBranchAsync(task, BranchName.For(description.CleanTitle, task.Id, origin), cancellationToken),
            result.Patch,
            description.CleanTitle,
            PullRequestBody.Write(description),
            CommitMessage.Write(description),
            verifiedAt)
        {
            Origin = origin,

            // A round that nobody asked for goes on with what the task was asked for, and counts against that person's budget, too.
            AskedBy = await rounds.AskedByAsync(task.Id, winner.PromptNumber, cancellationToken) ?? (came is null ? [] : [new ForgeAccount(came.RequestedBy, came.RequestedById)]),
            RepositoryId = task.PullRequest?.RepositoryId ?? came?.RepositoryId,
            MergedCommit = winner.MergedCommit,
        };
    }

    // Another attempt has another title, and a try may end between branch and pull request: it is the same branch all the same.
    private async Task<string> NameBranchAsync(CodingTask task, string name, CancellationToken cancellationToken)
    {
        if (task.BranchName is null)
        {
            await store.ChangeAsync(task.Id, (current, _, _) => current.NameBranch(name), cancellationToken);
        }

        return task.BranchName ?? name;
    }

    // An earlier try opened it and could not store that; people may have been quicker than this one.
    private static void FollowWhatPeopleDid(CodingTask task, OpenResult.Opened opened, DateTimeOffset now)
    {
        if (opened.MergeCommit is { } merge)
        {
            task.MergedOnForge(merge, "somebody", now);
        }
        else if (opened.IsClosed)
        {
            task.ClosedOnForge("somebody", now);
        }
    }

    private static PullRequest Stored(PullRequestDraft draft, OpenResult.Opened opened, int number) => new()
    {
        TaskId = draft.TaskId,
        Number = number,
        Forge = opened.Number is null ? ForgeNames.Local : ForgeNames.GitHub,
        ForgeNumber = opened.Number,
        Url = opened.Url ?? $"/pulls/{number}",
        Title = draft.Title,
        Body = draft.Body,
        Repository = draft.Repository.Value,
        RepositoryId = opened.RepositoryId,
        BaseRef = draft.BaseBranch,
        Branch = opened.Branch ?? draft.Branch,
        HeadCommit = opened.HeadCommit,

        // Another attempt may take the place of this one only: what others put on it stays.
        PublishedHead = opened.UnderOthers ?? opened.HeadCommit,
        HeldForApproval = opened.HeldForApproval,
        HeadTree = opened.UnderOthers is not null ? HeadTree.PushedByOthers : opened.Number is null ? HeadTree.Verified : LeftOut(opened.HeldForApproval, earlier: []),
    };

    private async Task FailAsync(Guid taskId, string reason, CancellationToken cancellationToken)
    {
        LogRefused(taskId, reason);
        pauses.Forget(Key(taskId));
        await store.ChangeAsync(taskId, (task, now, _) => task.FailPublishing(reason, now), cancellationToken);
    }

    private static string Key(Guid taskId) => $"open {taskId:D}";

    [LoggerMessage(LogLevel.Information, "Pull request #{Number} of task {TaskId} moved to {Head}")]
    private partial void LogMoved(int number, Guid taskId, string head);

    [LoggerMessage(LogLevel.Information, "Pull request #{Number} of task {TaskId} opened on {Branch}")]
    private partial void LogOpened(int number, Guid taskId, string branch);

    [LoggerMessage(LogLevel.Warning, "The pull request of task {TaskId} cannot be opened: {Reason}")]
    private partial void LogRefused(Guid taskId, string reason);

    [LoggerMessage(LogLevel.Error, "The pull request of task {TaskId} hit an unexpected error")]
    private partial void LogBroken(Exception exception, Guid taskId);

    [LoggerMessage(LogLevel.Warning, "The repository of task {TaskId} does not answer ({Reason}); it is tried again in {Pause}")]
    private partial void LogWaiting(Guid taskId, string reason, TimeSpan pause);
}
