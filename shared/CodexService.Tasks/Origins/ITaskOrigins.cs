using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.Origins;

/// <summary>Reads where tasks came from. Thread-safe.</summary>
public interface ITaskOrigins
{
    /// <summary>The origin; <see langword="null"/> for tasks that did not come from an issue or pull request.</summary>
    Task<TaskOrigin?> FindAsync(Guid taskId, CancellationToken cancellationToken);
}

/// <summary>Reads them from the database.</summary>
internal sealed class StoredTaskOrigins(IDbContextFactory<TasksDbContext> contexts) : ITaskOrigins
{
    public async Task<TaskOrigin?> FindAsync(Guid taskId, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.TaskOrigins.AsNoTracking().SingleOrDefaultAsync(origin => origin.TaskId == taskId, cancellationToken);
    }
}
