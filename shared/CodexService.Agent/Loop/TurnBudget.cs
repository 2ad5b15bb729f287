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

    private long Tokens => Usage.InputTokens + Usage.OutputTokens;

    /// <summary>Adds a turn.</summary>
    public void Add(ModelUsage usage)
    {
        Turns++;
        Usage += usage;
    }

    /// <summary>Working time so far.</summary>
    public TimeSpan Worked => time.GetElapsedTime(started) - waited;

    /// <summary>Time that people took.</summary>
    public void AddWaiting(TimeSpan waiting) => waited += waiting;

    /// <summary>
    /// Counts what earlier claims worked, once their turns are repeated: repeating them is part of that time, and adds to it
    /// only where it took longer.
    /// </summary>
    public void CountEarlier(TimeSpan earlier)
    {
        if (earlier > Worked)
        {
            waited -= earlier - Worked;
        }
    }

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
