using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.Deliveries;

/// <content>Stops, which hold for what was asked for before them, also when that is told of later.</content>
public sealed partial class DeliveryStore
{
    /// <summary>Notes that work on these issues and pull requests was stopped; of several the latest counts.</summary>
    /// <param name="repositoryId">GitHub's id of the repository.</param>
    /// <param name="numbers">Issues and pull requests.</param>
    /// <param name="saidAt">When that was said; in UTC.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task SaveStopAsync(long repositoryId, IReadOnlyCollection<int> numbers, DateTimeOffset saidAt, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        int[] distinct = [.. numbers.Distinct().Order()];
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO stops (repository_id, number, said_at) SELECT {repositoryId}, number, {saidAt} FROM unnest({distinct}) AS number
            ON CONFLICT (repository_id, number) DO UPDATE SET said_at = greatest(stops.said_at, excluded.said_at)
            """,
            cancellationToken);
    }

    /// <summary>When work on an issue or pull request was stopped last; <see langword="null"/> for never.</summary>
    public async Task<DateTimeOffset?> FindStopAsync(long repositoryId, int number, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Stops.Where(stop => stop.RepositoryId == repositoryId && stop.Number == number).Select(stop => (DateTimeOffset?)stop.SaidAt).SingleOrDefaultAsync(cancellationToken);
    }
}
