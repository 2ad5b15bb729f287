using CodexService.Contracts.Api;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.PullRequests;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.FollowUps;

/// <content>Fixes of failing checks that came to nothing.</content>
public sealed partial class PendingFollowUps
{
    private const string Begun = "round ";

    // As earlier versions noted it.
    private const string BegunBefore = "follow-up ";

    /// <summary>
    /// Fixes of failing checks whose round was the task's last, but for rounds that were to resolve conflicts, and ended without another
    /// head, and of which nothing was noted yet.
    /// A round that a person stopped is none.
    /// </summary>
    public async Task<IReadOnlyList<PendingFollowUp>> FruitlessFixesAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        TaskState[] ended = [TaskState.Succeeded, TaskState.NoChange, TaskState.Failed, TaskState.TimedOut];
        return await (
            from asked in db.PendingFollowUps.AsNoTracking()
            join task in db.Tasks on asked.TaskId equals task.Id
            where asked.Kind == PendingKind.Check && asked.State == PendingState.Started && (asked.Outcome!.StartsWith(Begun) || asked.Outcome.StartsWith(BegunBefore)) && ended.Contains(task.RoundState ?? task.State)
                && task.PullRequest!.State == PullRequestState.Open && task.PullRequest.HeadCommit == asked.HeadCommit
                && task.Attempts.Where(attempt => attempt.MergedCommit == null).Max(attempt => attempt.PromptNumber) == asked.PromptNumber
            orderby asked.Id
            select asked).Take(100).ToListAsync(cancellationToken);
    }

    /// <summary>Notes what came of a fix, one line; it keeps counting as one.</summary>
    public async Task NoteAsync(Guid id, string outcome, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (await db.PendingFollowUps.SingleOrDefaultAsync(asked => asked.Id == id && asked.State == PendingState.Started, cancellationToken) is { } asked)
        {
            asked.Note(outcome);
            await db.SaveChangesAsync(cancellationToken);
        }
    }
}
