using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.Reading;

/// <summary>Reads what a task's rounds add to its description: prompts, limits, and what was used of them.</summary>
internal static class TaskRoundReader
{
    /// <summary>The submission's own prompt.</summary>
    public static TaskPromptInfo First(CodingTask task) => new(
        1,
        task.Prompt,
        task.CreatedAt,
        task.Attempts.Where(a => a.PromptNumber == 1).MaxBy(a => a.Number)?.BaseCommit ?? task.BaseCommit,
        task.TestCommand);

    /// <summary>Every prompt, oldest first.</summary>
    public static async Task<IReadOnlyList<TaskPromptInfo>> PromptsAsync(TasksDbContext db, CodingTask task, CancellationToken cancellationToken)
    {
        if (task.PromptCount == 1)
        {
            return [First(task)];
        }

        var later = await db.TaskPrompts.AsNoTracking().Where(p => p.TaskId == task.Id).OrderBy(p => p.Number).ToListAsync(cancellationToken);
        return [First(task), .. later.Select(p => new TaskPromptInfo(p.Number, p.Text, p.At, p.BaseCommit, p.TestCommand))];
    }

    /// <summary>What the newest attempt may use, as far as the task says.</summary>
    public static TaskLimits LimitsOf(CodingTask task)
    {
        var newest = task.Attempts.MaxBy(a => a.Number);
        return new TaskLimits(task.MaxTurns + newest?.AddedTurns, task.MaxTokens + newest?.AddedTokens, task.MaxCost + newest?.AddedCost);
    }

    /// <summary>What the newest attempt and those that it continues have used.</summary>
    public static async Task<TaskLimits> UsedAsync(TasksDbContext db, CodingTask task, CancellationToken cancellationToken)
    {
        var chain = new List<Guid>();
        for (var attempt = task.Attempts.MaxBy(a => a.Number); attempt is not null; attempt = task.Attempts.FirstOrDefault(a => a.Id == attempt.Continues))
        {
            chain.Add(attempt.Id);
        }

        var sum = await db.UsageEntries
            .Where(e => chain.Contains(e.AttemptId))
            .GroupBy(e => 1)
            .Select(g => new { Turns = g.Sum(e => e.Turns), Tokens = g.Sum(e => e.Tokens), Cost = g.Sum(e => e.Cost) })
            .SingleOrDefaultAsync(cancellationToken);
        return new TaskLimits(sum?.Turns ?? 0, sum?.Tokens ?? 0, sum?.Cost ?? 0);
    }
}
