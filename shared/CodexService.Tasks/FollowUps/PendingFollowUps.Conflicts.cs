using CodexService.Tasks.Conflicts;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.PullRequests;
using CodexService.Tasks.Rounds;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.FollowUps;

/// <content>Conflicts with the base branch.</content>
public sealed partial class PendingFollowUps
{
    /// <summary>A person asks to resolve the conflicts of a task's pull request; <see langword="null"/> when there is no such task.</summary>
    /// <exception cref="TaskConflictException">There is no open pull request.</exception>
    public Task<CodingTask?> AskForResolutionAsync(Guid taskId, string? user, CancellationToken cancellationToken) => store.ChangeAsync(
        taskId,
        (task, _, db) =>
        {
            var open = db.PendingFollowUps.FirstOrDefault(f => f.TaskId == taskId && f.Kind == PendingKind.Conflict && (f.State == PendingState.Collecting || f.State == PendingState.Waiting));
            if (open is not null && Read<ConflictWork>(open).ByPerson)
            {
                return;
            }

            task.AskForResolution();
            if (open is { State: PendingState.Collecting })
            {
                // The base had moved: it is looked at anyway, and now a person wants to know what comes of it.
                open.Collect(StorableText.Json(Read<ConflictWork>(open) with { ByPerson = true, User = user }), due: null);
            }
            else if (open is not null)
            {
                open.Wait(StorableText.Json(Read<ConflictWork>(open) with { ByPerson = true, User = user }), isSteerable: false);
            }
            else
            {
                var asked = new PendingFollowUp { TaskId = taskId, Repository = Place(task.PullRequest!), Key = $"conflicts:{Guid.CreateVersion7():N}", Kind = PendingKind.Conflict, Content = StorableText.Json(new ConflictWork { ByPerson = true, User = user }) };
                db.PendingFollowUps.Add(asked);
            }
        },
        cancellationToken);

    /// <summary>The base branch moved: whether there are conflicts is looked at. Once for each of its commits, unless that look was dropped.</summary>
    /// <param name="pull">The pull request.</param>
    /// <param name="baseCommit">The base branch's commit.</param>
    /// <param name="due">When to look.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task LookForConflictsAsync(PullRequest pull, string baseCommit, DateTimeOffset due, CancellationToken cancellationToken) =>
        LookForConflictsAsync(pull.TaskId, pull.Repository, baseCommit, due, cancellationToken);

    /// <summary>The same for a task whose pull request is not stored yet: it is looked at when it is, and dropped when there comes none.</summary>
    public async Task LookForConflictsAsync(Guid task, string repository, string baseCommit, DateTimeOffset due, CancellationToken cancellationToken)
    {
        await AddAsync(
            new PendingFollowUp
            {
                TaskId = task,
                Repository = repository.ToLowerInvariant(),
                Key = $"conflicts:{task:N}:{baseCommit}",
                Kind = PendingKind.Conflict,
                Content = StorableText.Json(new ConflictWork()),
                DueAt = due,
            },
            cancellationToken);

        // Each look is of the base as it is then: the newest one is enough. The newest itself stays, however many do this at once.
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var (kind, collecting, dropped) = (nameof(PendingKind.Conflict), nameof(PendingState.Collecting), nameof(PendingState.Dropped));
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE pending_follow_ups older SET state = {dropped}, outcome = 'the base moved on before it was looked at'
            WHERE older.task_id = {task} AND older.kind = {kind} AND older.state = {collecting} AND NOT coalesce((older.content ->> 'by_person')::boolean, false)
                AND EXISTS (SELECT 1 FROM pending_follow_ups newer WHERE newer.task_id = older.task_id AND newer.kind = {kind} AND newer.state = {collecting} AND newer.id > older.id)
            """,
            cancellationToken);
    }

    /// <summary>What is known of conflicts that are looked for.</summary>
    public static ConflictWork ConflictsOf(PendingFollowUp asked) => Read<ConflictWork>(asked);

    /// <summary>The forge does not know yet: looks again later.</summary>
    public Task PostponeAsync(Guid id, ConflictWork work, DateTimeOffset due, CancellationToken cancellationToken) =>
        ChangeCollectingAsync(id, asked => asked.Collect(StorableText.Json(work), due), cancellationToken);

    /// <summary>There are conflicts, and a round can resolve them when the task has ended.</summary>
    public Task ConflictsFoundAsync(Guid id, ConflictWork work, CancellationToken cancellationToken) =>
        ChangeCollectingAsync(id, asked => asked.Wait(StorableText.Json(work), isSteerable: false), cancellationToken);

    // Conflicts with another head are others, and a round may have been at these meanwhile: the look decides again.
    private static bool LooksAgain(CodingTask task, PendingFollowUp asked)
    {
        if (asked is not { Kind: PendingKind.Conflict, State: PendingState.Waiting } || Read<ConflictWork>(asked) is not { Found: { } found } work)
        {
            return false;
        }

        var isTried = !work.ByPerson && (task.FailedResolutions >= CodingTask.MostFailedResolutions || task.HasMerged(found.BaseTip));
        if (found.Head == task.PullRequest?.HeadCommit && !isTried)
        {
            return false;
        }

        asked.Collect(StorableText.Json(work with { Found = null, Tries = 0 }), due: null);
        return true;
    }

    // Several pushes to the base were looked at, and all saw the same: one round is enough. What a person asked for is theirs to see.
    private static List<PendingFollowUp> WithOneResolution(List<PendingFollowUp> wanted)
    {
        var conflicts = wanted.FindAll(asked => asked.Kind == PendingKind.Conflict);
        var kept = conflicts.Find(asked => Read<ConflictWork>(asked).ByPerson) ?? conflicts.LastOrDefault();
        foreach (var other in conflicts.Where(asked => asked != kept))
        {
            other.Drop("the same conflicts are resolved already");
        }

        return wanted.FindAll(asked => asked.Kind != PendingKind.Conflict || asked == kept);
    }

    private static TaskPrompt BeginResolution(CodingTask task, PendingFollowUp asked, RoundHistory history, TasksDbContext db)
    {
        var work = Read<ConflictWork>(asked);
        var prompt = task.ResolveConflicts(work.Found!, work.User, history);
        if (task.PullRequest is { Forge: ForgeNames.GitHub } pull)
        {
            // What comes of it is told on the pull request when the round has ended.
            db.PendingFollowUps.Add(new PendingFollowUp
            {
                TaskId = task.Id,
                Repository = Place(pull),
                Key = $"conflicts:{task.Id:N}:end:{prompt.Number}",
                Kind = PendingKind.ConflictEnd,
                Content = StorableText.Json(prompt.Number),
            });
        }

        return prompt;
    }

    /// <summary>Prompt of a round whose end is to be told.</summary>
    public static int PromptOf(PendingFollowUp asked) => Read<int>(asked);

    private static string Place(PullRequest pull) => pull.Repository.ToLowerInvariant();
}
