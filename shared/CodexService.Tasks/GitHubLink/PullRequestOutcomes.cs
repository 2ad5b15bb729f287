using CodexService.Contracts.Api;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.GitHubLink;

/// <summary>Counts what became of pull requests.</summary>
internal static class PullRequestOutcomes
{
    /// <summary>
    /// Those on GitHub of these repositories, whether their task came from an issue there or from the dashboard, the command line or the API.
    /// A repository without one is left out.
    /// </summary>
    /// <param name="db">Database.</param>
    /// <param name="repositories">As <c>owner/name</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<Dictionary<string, PullRequestCounts>> CountAsync(TasksDbContext db, IReadOnlyList<string> repositories, CancellationToken cancellationToken)
    {
        var counts = await db.PullRequests
            .Where(pull => pull.ForgeNumber != null)
            .GroupBy(pull => new { pull.Repository, pull.State })
            .Select(group => new { group.Key.Repository, group.Key.State, Count = group.Count() })
            .ToListAsync(cancellationToken);

        // GitHub takes names and addresses in any case, and people give them so.
        var wanted = repositories.ToDictionary(name => name, StringComparer.OrdinalIgnoreCase);
        return counts
            .Select(count => (Name: wanted.GetValueOrDefault(Name(count.Repository)), count.State, count.Count))
            .Where(count => count.Name is not null)
            .GroupBy(count => count.Name!, StringComparer.Ordinal)
            .ToDictionary(
                group => group.Key,
                group => new PullRequestCounts(
                    group.Where(count => count.State is PullRequestState.Open or PullRequestState.Merging).Sum(count => count.Count),
                    group.Where(count => count.State == PullRequestState.Merged).Sum(count => count.Count),
                    group.Where(count => count.State == PullRequestState.Closed).Sum(count => count.Count)),
                StringComparer.Ordinal);
    }

    // The end of the clone address: https://HOST/OWNER/NAME.git
    private static string Name(string address)
    {
        var path = address.TrimEnd('/');
        path = path.EndsWith(".git", StringComparison.OrdinalIgnoreCase) ? path[..^4] : path;
        return string.Join('/', path.Split('/', ':').TakeLast(2));
    }
}
