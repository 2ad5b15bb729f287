using System.Globalization;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.Tasks.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CodexService.Tasks.Budgets;

/// <summary>
/// Where users stand within their rolling window. Everything that was used counts: of failed, stopped, rescued and retried
/// attempts too, and what runs now up to this moment. Thread-safe.
/// </summary>
public sealed class UserBudgets(IDbContextFactory<TasksDbContext> contexts, IOptions<BudgetOptions> options)
{
    /// <summary>Whether this user's work is limited at all; asking for the standing of another one costs a query for nothing.</summary>
    public bool IsLimited(string user) => !options.Value.Of(user).IsOpen;

    /// <summary>Where a user stands now, on the database's clock.</summary>
    public async Task<BudgetInfo> StandingAsync(string user, CancellationToken cancellationToken)
    {
        var (window, limits) = (options.Value.Window, options.Value.Of(user));
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var now = await db.Database.SqlQuery<DateTimeOffset>($"SELECT clock_timestamp() AS \"Value\"").SingleAsync(cancellationToken);
        var since = now - window;
        var sum = await db.UsageEntries
            .Where(e => e.UserName == user && e.At > since)
            .GroupBy(e => 1)
            .Select(g => new { Turns = g.Sum(e => (long)e.Turns), Tokens = g.Sum(e => e.Tokens), Cost = g.Sum(e => e.Cost), Seconds = g.Sum(e => e.Seconds) })
            .SingleOrDefaultAsync(cancellationToken);
        var started = await db.Attempts
            .Where(a => a.State == AttemptState.Running && a.RequestedBy == user)
            .Select(a => a.StartedAt!.Value)
            .ToListAsync(cancellationToken);
        var running = started.Sum(at => Math.Max(0, (now - at).TotalSeconds));
        var used = new BudgetAmounts(sum?.Turns ?? 0, sum?.Tokens ?? 0, sum?.Cost ?? 0, Math.Round(((sum?.Seconds ?? 0) + running) / 60, 3));
        var allowed = new BudgetAmounts(limits.Turns, limits.Tokens, limits.Cost, limits.WallClockMinutes);
        if (BudgetShare.Of(used, allowed).FirstOrDefault(share => share.Used >= 1) is not { } usedUp)
        {
            return new BudgetInfo(user, window.TotalSeconds, used, allowed, UsedUp: null, FreesUpAt: null);
        }

        var free = await FreesUpAsync(db, user, since, window, limits, running, cancellationToken);
        return new BudgetInfo(user, window.TotalSeconds, used, allowed, Line(user, usedUp, window, free), free);
    }

    // Entries leave the window from the oldest on; the last that has to leave says when something is left again.
    private static async Task<DateTimeOffset?> FreesUpAsync(
        TasksDbContext db, string user, DateTimeOffset since, TimeSpan window, UserBudgetOptions limits, double running, CancellationToken cancellationToken)
    {
        var newestFirst = await db.UsageEntries.AsNoTracking()
            .Where(e => e.UserName == user && e.At > since)
            .OrderByDescending(e => e.At)
            .Select(e => new { e.At, e.Turns, e.Tokens, e.Cost, e.Seconds })
            .ToListAsync(cancellationToken);
        var (turns, tokens, cost, seconds) = (0L, 0L, 0m, running);
        foreach (var entry in newestFirst)
        {
            turns += entry.Turns;
            tokens += entry.Tokens;
            cost += entry.Cost;
            seconds += entry.Seconds;
            if (turns >= limits.Turns || tokens >= limits.Tokens || cost >= limits.Cost || seconds >= limits.WallClockMinutes * 60)
            {
                return entry.At + window;
            }
        }

        return null;
    }

    private static string Line(string user, BudgetShare share, TimeSpan window, DateTimeOffset? free)
    {
        var length = window.TotalHours >= 1 ? $"{window.TotalHours.ToString("0.#", CultureInfo.InvariantCulture)} h" : $"{window.TotalMinutes.ToString("0.#", CultureInfo.InvariantCulture)} min";
        var when = free is { } at ? $"something is free again at {at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC" : "it frees up when running attempts end and leave the window";
        return $"The budget of {user} is used up: {share.Amounts} within {length}; {when}.";
    }
}

/// <summary>How much of one limit is used.</summary>
/// <param name="Used">1 is all of it.</param>
/// <param name="Amounts">What was used of what, for people.</param>
public sealed record BudgetShare(double Used, string Amounts)
{
    /// <summary>The share of each limit that there is.</summary>
    public static IEnumerable<BudgetShare> Of(BudgetAmounts used, BudgetAmounts limits)
    {
        if (limits.Tokens is { } tokens)
        {
            yield return new BudgetShare((double)(used.Tokens ?? 0) / tokens, string.Create(CultureInfo.InvariantCulture, $"{used.Tokens:N0} of {Quantity.Of(tokens, "token")}"));
        }

        if (limits.Turns is { } turns)
        {
            yield return new BudgetShare((double)(used.Turns ?? 0) / turns, string.Create(CultureInfo.InvariantCulture, $"{used.Turns:N0} of {Quantity.Of(turns, "turn")}"));
        }

        if (limits.Cost is { } cost)
        {
            yield return new BudgetShare((double)((used.Cost ?? 0) / cost), string.Create(CultureInfo.InvariantCulture, $"a cost of {used.Cost:0.####} of {cost:0.####}"));
        }

        if (limits.WallClockMinutes is { } minutes)
        {
            yield return new BudgetShare((used.WallClockMinutes ?? 0) / minutes, string.Create(CultureInfo.InvariantCulture, $"{used.WallClockMinutes:0.#} of {minutes:0.#} minutes"));
        }
    }
}
