using CodexService.Models;

namespace CodexService.Agent.Loop;

/// <summary>
/// What an attempt has used of what it may use. Working time is the time between the start of a turn and its end; what the
/// gate waits for people does not count. Not thread-safe.
/// </summary>
internal sealed class TurnBudget(TurnLimits limits, TimeSpan wallClock, TimeProvider time)
{
    private const double WarnAt = 0.8;

    private readonly long started = time.GetTimestamp();
    private TimeSpan waited;
    private bool warned;

    /// <summary>Turns so far.</summary>
    public int Turns { get; private set; }

    /// <summary>Used so far.</summary>
    public ModelUsage Usage { get; private set; } = ModelUsage.None;

    /// <summary>Working time left; never negative.</summary>
    public TimeSpan TimeLeft => wallClock > Worked ? wallClock - Worked : TimeSpan.Zero;

    private TimeSpan Worked => time.GetElapsedTime(started) - waited;

    private long Tokens => Usage.InputTokens + Usage.OutputTokens;

    /// <summary>Adds a turn.</summary>
    public void Add(ModelUsage usage)
    {
        Turns++;
        Usage += usage;
    }

    /// <summary>Adds what a call cost that failed.</summary>
    public void AddLost(ModelUsage usage) => Usage += usage;

    /// <summary>Time that people took.</summary>
    public void AddWaiting(TimeSpan waiting) => waited += waiting;

    /// <summary>The limit that is used up, as one line; <see langword="null"/> while there is something left.</summary>
    public string? UsedUp() => Shares().FirstOrDefault(share => share.Used >= 1).Limit;

    /// <summary>The limit that wall clock is, as one line.</summary>
    public string TimeLimit => $"limit reached: {wallClock.TotalSeconds:0} s of working time (raise the task's timeout)";

    /// <summary>Once, when four fifths of a limit are used: what is used of what.</summary>
    public string? Warning()
    {
        if (warned)
        {
            return null;
        }

        var near = Shares().FirstOrDefault(share => share.Used >= WarnAt);
        warned = near.Limit is not null;
        return near.Warning;
    }

    private IEnumerable<(double Used, string Limit, string Warning)> Shares()
    {
        if (limits.Turns is { } turns)
        {
            yield return ((double)Turns / turns, $"limit reached: {turns} turns (Agent:MaxTurns)", $"{Turns} of {turns} turns");
        }

        if (limits.Tokens is { } tokens)
        {
            yield return ((double)Tokens / tokens, $"limit reached: {tokens:N0} tokens (Agent:MaxTokens)", $"{Tokens:N0} of {tokens:N0} tokens");
        }

        if (limits.Cost is { } cost)
        {
            yield return ((double)(Usage.Cost / cost), $"limit reached: a cost of {cost:0.####} (Agent:MaxCost)", $"{Usage.Cost:0.####} of the {cost:0.####} that the task may cost");
        }

        yield return (wallClock > TimeSpan.Zero ? Worked / wallClock : 1, TimeLimit, $"{Worked.TotalSeconds:0} of {wallClock.TotalSeconds:0} seconds");
    }
}
