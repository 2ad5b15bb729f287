namespace CodexService.Testing;

/// <summary>A clock that stands still until a test moves it; timers that come due fire on the thread that moves it. Thread-safe.</summary>
public sealed class TestClock : TimeProvider
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly Lock gate = new();
    private readonly List<TestTimer> timers = [];
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return now;
        }
    }

    /// <inheritdoc />
    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new TestTimer(this, () => callback(state));
        lock (gate)
        {
            // In one go: moved in between, the clock would be past the timer without having fired it.
            timer.Change(dueTime, period);
            timers.Add(timer);
        }

        Tell();
        return timer;
    }

    /// <summary>Ends when something waits on this clock for at most so long from now; fails when nothing does for minutes.</summary>
    public async Task WaitedForAsync(TimeSpan atMost)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (timers.Exists(timer => timer.Due <= now + atMost))
                {
                    return;
                }

                next = changed.Task;
            }

            await next.WaitAsync(Limit, System);
        }
    }

    /// <summary>Moves the clock and fires what comes due, in order.</summary>
    public void Advance(TimeSpan by)
    {
        var end = GetUtcNow() + by;
        while (NextDue(end) is { } due)
        {
            due.Fire();
        }

        lock (gate)
        {
            now = end;
        }
    }

    private void Tell()
    {
        lock (gate)
        {
            changed.SetResult();
            changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private TestTimer? NextDue(DateTimeOffset end)
    {
        lock (gate)
        {
            var next = timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
            if (next is not null)
            {
                now = next.Due > now ? next.Due.Value : now;

                // Here and not when it fires: whoever changes the timer in between sets when it is due next.
                next.SetNext();
            }

            return next;
        }
    }

    private sealed class TestTimer(TestClock clock, Action fire) : ITimer
    {
        private TimeSpan period = Timeout.InfiniteTimeSpan;

        public DateTimeOffset? Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                this.period = period;
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : clock.now + dueTime;
            }

            clock.Tell();
            return true;
        }

        public void SetNext() => Due = period == Timeout.InfiniteTimeSpan || period == TimeSpan.Zero ? null : Due + period;

        public void Fire() => fire();

        public void Dispose()
        {
            lock (clock.gate)
            {
                clock.timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
