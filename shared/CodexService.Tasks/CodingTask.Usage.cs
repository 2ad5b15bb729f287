using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Budgets;

namespace CodexService.Tasks;

/// <content>What counts against budgets.</content>
public sealed partial class CodingTask
{
    private readonly List<UsageEntry> newUsage = [];

    internal IReadOnlyList<UsageEntry> NewUsage => newUsage;

    // Each claim counts when it ends, whatever comes of it: failed, rescued and stopped work cost the same.
    private void CountWallClock(Attempt attempt, DateTimeOffset now)
    {
        if (attempt is { State: AttemptState.Running, StartedAt: { } started })
        {
            newUsage.Add(new UsageEntry
            {
                AttemptId = attempt.Id,
                Source = $"claim:{attempt.Epoch}",
                UserName = attempt.RequestedBy,
                Turns = 0,
                Tokens = 0,
                Cost = 0,
                Seconds = Math.Max(0, (now - started).TotalSeconds),
            });
        }
    }
}
