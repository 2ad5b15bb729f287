using CodexService.Contracts.Api;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.GitHubLink;

/// <summary>Counts what became of pull requests.</summary>
internal static class PullRequestOutcomes
{
    /// <summary>Those of the tasks that came from these repositories; a repository without one is left out.</summary>
    /// <param name="db">Database.</param>
    /// <param name="repositories">As <c>owner/name</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<Dictionary<string, PullRequestCounts>> CountAsync(TasksDbContext db, IReadOnlyList<string> repositories, CancellationToken cancellationToken)
    {
        var counts = await db.TaskOrigins
            .Where(origin => repositories.Contains(origin.Repository))
            .Join(db.PullRequests, origin => origin.TaskId, pull => pull.TaskId, (origin, pull) => new { origin.Repository, pull.State })
            .GroupBy(pull => new { pull.Repository, pull.State })
            .Select(group => new { group.Key.Repository, group.Key.State, Count = group.Count() })
            .ToListAsync(cancellationToken);
        return counts.GroupBy(count => count.Repository, StringComparer.Ordinal).ToDictionary(
            group => group.Key,
            group => new PullRequestCounts(
                group.Where(count => count.State is PullRequestState.Open or PullRequestState.Merging).Sum(count => count.Count),
                group.Where(count => count.State == PullRequestState.Merged).Sum(count => count.Count),
                group.Where(count => count.State == PullRequestState.Closed).Sum(count => count.Count)),
            StringComparer.Ordinal);
    }
}
