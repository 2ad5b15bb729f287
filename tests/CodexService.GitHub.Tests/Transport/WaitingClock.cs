using CodexService.Testing;

namespace CodexService.GitHub.Tests.Transport;

/// <summary>A clock that lets every wait pass at once and keeps how long it was; limits on requests never come due.</summary>
internal sealed class WaitingClock : TimeProvider
{
    private readonly TestClock clock = new();
    private readonly List<TimeSpan> waits = [];

    /// <summary>A timer of exactly this length is a limit, not a wait.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(30);

    public IReadOnlyList<TimeSpan> Waits => waits;

    public void Advance(TimeSpan by) => clock.Advance(by);

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == Limit || dueTime == Timeout.InfiniteTimeSpan)
        {
            return clock.CreateTimer(callback, state, dueTime, period);
        }

        waits.Add(dueTime);
        clock.Advance(dueTime);
        return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
