using CodexService.Contracts;
using CodexService.Models;

namespace CodexService.Agent.Loop;

/// <summary>
/// What an attempt has used of what it may use. Working time is the time between the start of a turn and its end; what the
/// gate waits for people does not count. Not thread-safe.
/// </summary>
internal sealed class TurnBudget(TurnLimits limits, TimeSpan wallClock, int inheritedTurns, TimeProvider time)
{
    private const double WarnAt = 0.8;
    private const string UserWarningStart = "The person you work for has used most of their budget";

    private readonly long started = time.GetTimestamp();
    private TimeSpan waited;
    private bool warned;
    private bool warnedOfUser;
    private UserStanding user = UserStanding.Free;

    /// <summary>Turns so far, inherited ones included.</summary>
    public int Turns { get; private set; }

    /// <summary>Used so far, by inherited turns too.</summary>
    public ModelUsage Usage { get; private set; } = ModelUsage.None;

    /// <summary>Used so far by the attempt's own turns.</summary>
    public ModelUsage Own { get; private set; } = ModelUsage.None;

    /// <summary>What the limit of turns is now.</summary>
    public int? MostTurns => limits.Turns;

    /// <summary>Working time left; never negative.</summary>
    public TimeSpan TimeLeft => wallClock > Worked ? wallClock - Worked : TimeSpan.Zero;

    private long Tokens => Usage.InputTokens + Usage.OutputTokens;

    /// <summary>Adds a turn.</summary>
    public void Add(ModelUsage usage)
    {
        Turns++;
        Usage += usage;
        Own += Turns > inheritedTurns ? usage : ModelUsage.None;
    }

    /// <summary>Working time so far.</summary>
    public TimeSpan Worked => time.GetElapsedTime(started) - waited;

    /// <summary>Asks where the person stands; the answer holds until the next question.</summary>
    public async ValueTask AskAsync(IUserBudget budget, CancellationToken cancellationToken) => user = await budget.StandingAsync(cancellationToken);

    /// <summary>Once, when four fifths of the person's budget are used: what the model is told.</summary>
    public string? UserWarning()
    {
        if (warnedOfUser || user.Used < WarnAt)
        {
            return null;
        }

        warnedOfUser = true;
        return $"{UserWarningStart}: {user.Amounts}. Finish now: leave the files in a working state and call submit.";
    }

    /// <summary>Takes note of what the model was told before a turn that is repeated.</summary>
    public void Told(IReadOnlyList<string> notes) => warnedOfUser |= notes.Any(note => note.StartsWith(UserWarningStart, StringComparison.Ordinal));

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
    public string? UsedUp() => Shares().FirstOrDefault(share => share.Used >= 1).Limit ?? user.UsedUp;

    /// <summary>The limit that wall clock is, as one line.</summary>
    public string TimeLimit => $"the budget of {wallClock.TotalSeconds:0} s of working time is used up";

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
            yield return ((double)Turns / turns, $"the budget of {Quantity.Of(turns, "turn")} is used up", $"{Turns} of {Quantity.Of(turns, "turn")}");
        }

        if (limits.Tokens is { } tokens)
        {
            yield return ((double)Tokens / tokens, $"the budget of {tokens:N0} tokens is used up", $"{Tokens:N0} of {tokens:N0} tokens");
        }

        if (limits.Cost is { } cost)
        {
            yield return ((double)(Usage.Cost / cost), $"the cost budget of {cost:0.####} is used up", $"{Usage.Cost:0.####} of the {cost:0.####} that the task may cost");
        }

        yield return (wallClock > TimeSpan.Zero ? Worked / wallClock : 1, TimeLimit, $"{Worked.TotalSeconds:0} of {wallClock.TotalSeconds:0} seconds");
    }
}
