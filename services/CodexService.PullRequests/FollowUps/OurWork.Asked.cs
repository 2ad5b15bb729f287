using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.FollowUps;

/// <content>Where and when tasks were asked for.</content>
internal sealed partial class OurWork
{
    /// <summary>When a task was asked for on GitHub; when it was submitted where that is not known, or it was asked for elsewhere.</summary>
    public async Task<DateTimeOffset> AskedAtAsync(Guid taskId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Tasks.Where(task => task.Id == taskId)
            .Select(task => db.TaskOrigins.Where(origin => origin.TaskId == task.Id).Select(origin => origin.SaidAt).FirstOrDefault() ?? task.CreatedAt)
            .SingleAsync(cancellationToken);
    }

    /// <summary>Whether a task runs that was asked to stop.</summary>
    public async Task<bool> IsStoppingAsync(Guid taskId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Tasks.AnyAsync(task => task.Id == taskId && task.CancelRequested && task.FinishedAt == null, cancellationToken);
    }

    /// <summary>The issue or pull request that a task came from, and its own pull request on GitHub.</summary>
    public async Task<IReadOnlyList<int>> NumbersAsync(Guid taskId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.TaskOrigins.Where(origin => origin.TaskId == taskId).Select(origin => origin.Number)
            .Concat(db.PullRequests.Where(pull => pull.TaskId == taskId && pull.ForgeNumber != null).Select(pull => pull.ForgeNumber!.Value))
            .ToListAsync(cancellationToken);
    }
}
