using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.Reading;

/// <summary>Reads single attempts with what they left behind. Thread-safe.</summary>
public sealed class AttemptReader(IDbContextFactory<TasksDbContext> contexts)
{
    /// <summary>One attempt with its patch and proof, or <see langword="null"/>.</summary>
    public async Task<AttemptDetail?> DetailAsync(Guid taskId, int number, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var task = await db.Tasks.AsNoTracking().Include(t => t.Attempts).SingleOrDefaultAsync(t => t.Id == taskId, cancellationToken);
        var described = task is null ? null : AttemptDescription.Of(task, await BrainsAsync(db, task, cancellationToken)).SingleOrDefault(a => a.Number == number);
        if (described is null)
        {
            return null;
        }

        var result = await db.AttemptResults.AsNoTracking().SingleOrDefaultAsync(r => r.AttemptId == described.Id, cancellationToken);
        return new AttemptDetail(
            described,
            result?.Title,
            result?.Summary,
            string.IsNullOrEmpty(result?.Patch) ? null : result.Patch,
            result?.Verification is { } json ? JsonSerializer.Deserialize<VerificationReport>(json, JsonConventions.Options) : null);
    }

    /// <summary>Patch and proof of one attempt, or <see langword="null"/>.</summary>
    public async Task<AttemptResult?> ResultAsync(Guid taskId, int number, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.AttemptResults.AsNoTracking()
            .SingleOrDefaultAsync(r => db.Attempts.Any(a => a.Id == r.AttemptId && a.TaskId == taskId && a.Number == number), cancellationToken);
    }

    /// <summary>Output of one recorded command of one attempt, or <see langword="null"/>.</summary>
    public async Task<string?> EvidenceAsync(Guid taskId, int number, int position, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Evidence.AsNoTracking()
            .Where(e => e.Position == position && db.Attempts.Any(a => a.Id == e.AttemptId && a.TaskId == taskId && a.Number == number))
            .Select(e => e.Output)
            .SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>The brains that worked on a task's attempts, as far as these have results.</summary>
    internal static Task<Dictionary<Guid, string>> BrainsAsync(TasksDbContext db, CodingTask task, CancellationToken cancellationToken) =>
        db.AttemptResults.AsNoTracking()
            .Where(r => r.TaskId == task.Id)
            .Select(r => new { r.AttemptId, r.Brain })
            .ToDictionaryAsync(r => r.AttemptId, r => r.Brain, cancellationToken);
}
