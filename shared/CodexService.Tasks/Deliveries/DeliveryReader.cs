using System.Globalization;
using CodexService.Contracts.Api;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.Deliveries;

/// <summary>Reads deliveries for people. Thread-safe.</summary>
public sealed class DeliveryReader(IDbContextFactory<TasksDbContext> contexts)
{
    /// <summary>One delivery; <see langword="null"/> when there is none.</summary>
    public async Task<DeliveryInfo?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await Shown(db.Deliveries.Where(d => d.Id == id)).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>Deliveries, newest first.</summary>
    /// <param name="repository">Of this repository alone, or <see langword="null"/>.</param>
    /// <param name="state">Of this state alone, or <see langword="null"/>.</param>
    /// <param name="before">Cursor of the page before, or <see langword="null"/>.</param>
    /// <param name="size">Entries a page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FormatException">The cursor is not one of ours.</exception>
    public async Task<Page<DeliveryInfo>> ListAsync(string? repository, DeliveryState? state, string? before, int size, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var wanted = db.Deliveries.AsNoTracking();
        if (repository is not null)
        {
            wanted = wanted.Where(d => d.Repository == repository);
        }

        if (state is { } only)
        {
            wanted = wanted.Where(d => d.State == only);
        }

        if (before is not null)
        {
            var (at, id) = ReadCursor(before);
            wanted = wanted.Where(d => d.ReceivedAt < at || (d.ReceivedAt == at && string.Compare(d.Id, id) < 0));
        }

        var found = await Shown(wanted.OrderByDescending(d => d.ReceivedAt).ThenByDescending(d => d.Id).Take(size + 1)).ToListAsync(cancellationToken);
        var page = found.Take(size).ToList();
        return new Page<DeliveryInfo>(page, found.Count > size ? $"{page[^1].ReceivedAt.UtcDateTime.Ticks.ToString(CultureInfo.InvariantCulture)}~{page[^1].Id}" : null);
    }

    private static (DateTimeOffset At, string Id) ReadCursor(string cursor)
    {
        var parts = cursor.Split('~', 2);
        return parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTimeOffset.MaxValue.Ticks
            ? (new DateTimeOffset(ticks, TimeSpan.Zero), parts[1])
            : throw new FormatException("the cursor is not one that this list gave out");
    }

    // Without the body, which may be large.
    private static IQueryable<DeliveryInfo> Shown(IQueryable<Delivery> deliveries) => deliveries.Select(d =>
        new DeliveryInfo(d.Id, d.Event, d.Action, d.Repository, d.Number, d.Sender, d.ReceivedAt, d.State, d.Decision, d.TaskId, d.HandledAt));
}
