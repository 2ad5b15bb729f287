using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Forges.GitHub;
using CodexService.Repositories;
using CodexService.Tasks.Origins;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.PullRequests.Reporting;

/// <summary>
/// Where on GitHub a task is told of: the issue or pull request that asked for it, and for a task that was asked for elsewhere (dashboard,
/// CLI, REST) its own pull request, once there is one.
/// </summary>
/// <param name="TaskId">The task.</param>
/// <param name="Repository">The repository.</param>
/// <param name="Number">The issue or pull request.</param>
/// <param name="Origin">What asked there; <see langword="null"/> for a task that was asked for elsewhere.</param>
internal sealed record ReportPlace(Guid TaskId, RepositoryName Repository, int Number, TaskOrigin? Origin)
{
    /// <summary>Id of the repository, where it is known: another one of that name is told nothing.</summary>
    public long? RepositoryId { get; init; }

    /// <summary>The place; <see langword="null"/> when GitHub shows nothing of the task.</summary>
    public static async Task<ReportPlace?> FindAsync(TasksDbContext db, IGitHub github, Guid taskId, CancellationToken cancellationToken)
    {
        if (await db.TaskOrigins.AsNoTracking().SingleOrDefaultAsync(one => one.TaskId == taskId, cancellationToken) is { } origin)
        {
            return RepositoryName.TryParse(origin.Repository, out var asked) ? new ReportPlace(taskId, asked, origin.Number, origin) { RepositoryId = origin.RepositoryId } : null;
        }

        var pull = await db.PullRequests.AsNoTracking()
            .Where(one => one.TaskId == taskId && one.ForgeNumber != null)
            .Select(one => new { one.Repository, one.RepositoryId, Number = one.ForgeNumber!.Value })
            .SingleOrDefaultAsync(cancellationToken);

        // It may be of another GitHub than the one that is connected now.
        return pull is not null && GitHubTarget.Name(github, RepositoryAddress.Parse(pull.Repository)) is { } name
            ? new ReportPlace(taskId, name, pull.Number, null) { RepositoryId = pull.RepositoryId }
            : null;
    }
}
