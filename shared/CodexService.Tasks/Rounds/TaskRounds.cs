using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Origins;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.Turns;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.Rounds;

/// <summary>Begins rounds on top of earlier ones, and reads what the earlier ones came to. Thread-safe.</summary>
public sealed class TaskRounds(TaskStore store, IDbContextFactory<TasksDbContext> contexts)
{
    /// <summary>Asks for more work on a task that has ended; <see langword="null"/> when there is no such task.</summary>
    /// <exception cref="TaskConflictException">The task has not ended, or its pull request is no longer open.</exception>
    public async Task<CodingTask?> FollowUpAsync(Guid taskId, string prompt, string? testCommand, string? user, CancellationToken cancellationToken)
    {
        var history = await HistoryAsync(taskId, cancellationToken);
        return await store.ChangeAsync(taskId, (task, _, db) => db.TaskPrompts.Add(task.FollowUp(prompt, testCommand, user, history)), cancellationToken);
    }

    /// <summary>
    /// Goes on with the newest attempt that ended early, with more to use and with its turns; <see langword="null"/> when there is
    /// no such task.
    /// </summary>
    /// <exception cref="TaskConflictException">The task has not ended, its pull request is no longer open, or nothing ended early.</exception>
    public async Task<CodingTask?> ContinueAsync(Guid taskId, AddedBudget added, string? user, CancellationToken cancellationToken)
    {
        var history = await HistoryAsync(taskId, cancellationToken);
        return await store.ChangeAsync(
            taskId,
            (task, _, db) =>
            {
                var attempt = task.Continue(added, user, history);
                if (attempt.InheritedTurns > 0)
                {
                    // Turns of an ended attempt never change; they are some megabytes at most.
                    db.AttemptTurns.AddRange(db.AttemptTurns.AsNoTracking()
                        .Where(turn => turn.AttemptId == attempt.Continues)
                        .OrderBy(turn => turn.Number)
                        .AsEnumerable()
                        .Select(turn => new AttemptTurn { AttemptId = attempt.Id, Number = turn.Number, Record = turn.Record }));
                }
            },
            cancellationToken);
    }

    /// <summary>The prompts before <paramref name="promptNumber"/> and what came of each, oldest first.</summary>
    public async Task<IReadOnlyList<EarlierRound>> EarlierAsync(Guid taskId, int promptNumber, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var task = await db.Tasks.AsNoTracking().Include(t => t.Attempts).SingleAsync(t => t.Id == taskId, cancellationToken);
        var texts = await db.TaskPrompts.AsNoTracking()
            .Where(p => p.TaskId == taskId && p.Number < promptNumber)
            .ToDictionaryAsync(p => p.Number, p => p.Text, cancellationToken);
        texts[1] = task.Prompt;
        var rounds = new List<EarlierRound>();
        foreach (var (number, text) in texts.Where(text => text.Key < promptNumber).OrderBy(text => text.Key))
        {
            // What succeeded last is what the work goes on from; else the last try says most.
            var telling = task.Attempts.Where(a => a.PromptNumber == number).OrderBy(a => a.State == AttemptState.Succeeded).ThenBy(a => a.Number).LastOrDefault();
            var result = telling is null ? null : await db.AttemptResults.AsNoTracking().SingleOrDefaultAsync(r => r.AttemptId == telling.Id, cancellationToken);
            rounds.Add(new EarlierRound(number, text, telling?.State, telling?.Reason, result, telling is null ? null : await PlanAsync(db, taskId, telling.Number, cancellationToken)));
        }

        return rounds;
    }

    /// <summary>Text of one prompt of a task.</summary>
    public async Task<string> PromptAsync(Guid taskId, int number, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return number == 1
            ? await db.Tasks.Where(t => t.Id == taskId).Select(t => t.Prompt).SingleAsync(cancellationToken)
            : await db.TaskPrompts.Where(p => p.TaskId == taskId && p.Number == number).Select(p => p.Text).SingleAsync(cancellationToken);
    }

    /// <summary>Who asked for one prompt of a task on its forge; <see langword="null"/> when it was whoever asked for the task.</summary>
    public async Task<IReadOnlyList<ForgeAccount>?> AskedByAsync(Guid taskId, int number, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.TaskPrompts.Where(p => p.TaskId == taskId && p.Number == number).Select(p => p.AskedBy).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>The patch that an attempt left behind; empty when there is none.</summary>
    public async Task<string> PatchAsync(Guid attemptId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.AttemptResults.Where(r => r.AttemptId == attemptId).Select(r => r.Patch).SingleOrDefaultAsync(cancellationToken) ?? "";
    }

    // The plan as the last turn that has one told it.
    private static async Task<string?> PlanAsync(TasksDbContext db, Guid taskId, int attempt, CancellationToken cancellationToken) =>
        (await db.Database.SqlQuery<string>(
            $"""
            SELECT data ->> 'plan' AS "Value" FROM task_events
            WHERE task_id = {taskId} AND attempt = {attempt} AND type = {TaskEventTypes.TurnFinished} AND data ->> 'plan' IS NOT NULL
            ORDER BY seq DESC LIMIT 1
            """).ToListAsync(cancellationToken)).FirstOrDefault();

    // Read before the lock: what ended attempts left behind does not change.
    internal async Task<RoundHistory> HistoryAsync(Guid taskId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var results = await db.AttemptResults.Where(r => r.TaskId == taskId).Select(r => new { r.AttemptId, r.Brain, HasPatch = r.Patch != "" }).ToListAsync(cancellationToken);
        var turns = await db.AttemptTurns
            .Where(turn => db.Attempts.Any(a => a.Id == turn.AttemptId && a.TaskId == taskId))
            .GroupBy(turn => turn.AttemptId)
            .Select(group => new { group.Key, Last = group.Max(turn => turn.Number) })
            .Where(turn => turn.Last > 0)
            .ToDictionaryAsync(turn => turn.Key, turn => turn.Last, cancellationToken);
        return new RoundHistory(
            results.Where(r => r.HasPatch).Select(r => r.AttemptId).ToHashSet(),
            results.ToDictionary(r => r.AttemptId, r => r.Brain),
            turns,
            await db.TaskPrompts.Where(p => p.TaskId == taskId).OrderByDescending(p => p.Number).Select(p => p.TestCommand).FirstOrDefaultAsync(cancellationToken));
    }
}

/// <summary>An earlier prompt and what came of it.</summary>
/// <param name="Number">Number of the prompt.</param>
/// <param name="Prompt">What the person asked.</param>
/// <param name="State">How the attempt that tells most ended; <see langword="null"/> when none was made.</param>
/// <param name="Reason">Why it ended so, one line.</param>
/// <param name="Result">What it left behind, if anything.</param>
/// <param name="Plan">Its plan, when it kept one.</param>
public sealed record EarlierRound(int Number, string Prompt, AttemptState? State, string? Reason, AttemptResult? Result, string? Plan);
