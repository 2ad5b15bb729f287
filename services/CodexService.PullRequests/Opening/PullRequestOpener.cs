using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.PullRequests.Forges;
using CodexService.PullRequests.Pending;
using CodexService.Repositories;
using CodexService.Repositories.Checkout;
using CodexService.Repositories.Patches;
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
    IDbContextFactory<TasksDbContext> contexts,
    TaskStore store,
    TaskRounds rounds,
    OneAtATime oneAtATime,
    TimeProvider time,
    ILogger<PullRequestOpener> logger)
{
    // As long as a repository that does not answer is tried again.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Opens the pull request; does nothing when the task does not wait for one.</summary>
    public Task OpenAsync(Guid taskId, CancellationToken cancellationToken) =>
        oneAtATime.RunAsync(taskId, () => OpenOnceAsync(taskId, cancellationToken));

    private async Task OpenOnceAsync(Guid taskId, CancellationToken cancellationToken)
    {
        if (await ReadAsync(taskId, cancellationToken) is not var (task, result, verifiedAt))
        {
            return;
        }

        try
        {
            if (task.PullRequest is { } pull)
            {
                await MoveAsync(task, pull, result, verifiedAt, cancellationToken);
                return;
            }

            var draft = await DraftAsync(task, result, verifiedAt, cancellationToken);
            switch (await forges.For(draft.Repository).OpenAsync(draft, cancellationToken))
            {
                case OpenResult.Opened opened:
                    var number = await store.NextPullRequestNumberAsync(cancellationToken);
                    await store.ChangeAsync(taskId, (current, now, _) => current.OpenPullRequest(Stored(draft, opened, number), now), cancellationToken);
                    LogOpened(number, taskId, opened.Branch ?? draft.Branch);
                    break;
                case OpenResult.Refused refused:
                    await FailAsync(taskId, refused.Reason, cancellationToken);
                    break;
            }
        }
        catch (RepositoryException e) when (time.GetUtcNow() - (task.ChosenAt ?? verifiedAt) < Patience && e.Kind is RepositoryErrorKind.Unreachable)
        {
            LogWaiting(taskId, e.Message);
        }
        catch (RepositoryException e)
        {
            await FailAsync(taskId, e.Message, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException && time.GetUtcNow() - (task.ChosenAt ?? verifiedAt) >= Patience)
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
        var target = task.PullRequest?.BaseRef ?? (await checkout.ResolveAsync(await forges.For(address).ReadableAsync(address, cancellationToken), task.BaseRef, cancellationToken)).Branch;
        var winner = task.Attempts.Single(a => a.Id == task.WinningAttemptId);
        var start = winner.BaseCommit ?? task.BaseCommit!;
        var patch = PatchPolicy.Check(result.Patch);
        var description = new ChangeDescription(
            task.Id,
            await rounds.PromptAsync(task.Id, winner.PromptNumber, cancellationToken),
            result.Title,
            result.Summary,
            result.Brain,
            start,
            JsonSerializer.Deserialize<VerificationReport>(result.Verification!, JsonConventions.Options)!,
            patch.Held)
        {
            Log = dashboard.Of(task.Id),
            Earlier = winner.PromptNumber == 1 ? [] : [.. (await rounds.EarlierAsync(task.Id, winner.PromptNumber, cancellationToken))
                .Select(round => new EarlierRequest(round.Prompt, round.Reason ?? "nothing was done"))],
        };
        var origin = await origins.FindAsync(task.Id, cancellationToken) is { } came ? new ChangeOrigin(came.Number, came.IsPullRequest, came.RequestedBy) : null;
        return new PullRequestDraft(
            task.Id,
            address,
            target,
            start,
            task.PullRequest?.Branch ?? BranchName.For(description.CleanTitle, task.Id, origin),
            result.Patch,
            description.CleanTitle,
            PullRequestBody.Write(description),
            CommitMessage.Write(description),
            verifiedAt)
        {
            Origin = origin,
        };
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
        BaseRef = draft.BaseBranch,
        Branch = opened.Branch ?? draft.Branch,
        HeadCommit = opened.HeadCommit,
        HeldForApproval = opened.HeldForApproval,
        HeadTree = opened.HasOthers ? HeadTree.PushedByOthers : opened.Number is null ? HeadTree.Verified : LeftOut(opened.HeldForApproval, opened.HeldForApproval),
    };

    private async Task FailAsync(Guid taskId, string reason, CancellationToken cancellationToken)
    {
        LogRefused(taskId, reason);
        await store.ChangeAsync(taskId, (task, now, _) => task.FailPublishing(reason, now), cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "Pull request #{Number} of task {TaskId} moved to {Head}")]
    private partial void LogMoved(int number, Guid taskId, string head);

    [LoggerMessage(LogLevel.Information, "Pull request #{Number} of task {TaskId} opened on {Branch}")]
    private partial void LogOpened(int number, Guid taskId, string branch);

    [LoggerMessage(LogLevel.Warning, "The pull request of task {TaskId} cannot be opened: {Reason}")]
    private partial void LogRefused(Guid taskId, string reason);

    [LoggerMessage(LogLevel.Error, "The pull request of task {TaskId} hit an unexpected error")]
    private partial void LogBroken(Exception exception, Guid taskId);

    [LoggerMessage(LogLevel.Warning, "The repository of task {TaskId} does not answer ({Reason}); it is tried again")]
    private partial void LogWaiting(Guid taskId, string reason);
}
