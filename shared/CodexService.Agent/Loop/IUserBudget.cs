namespace CodexService.Agent.Loop;

/// <summary>What the person who asked may use over all of their tasks: asked before every turn, so it has to answer quickly.</summary>
public interface IUserBudget
{
    /// <summary>A budget without limits.</summary>
    static IUserBudget Open { get; } = new NoBudget();

    /// <summary>Where the person stands now, this attempt's finished turns included.</summary>
    ValueTask<UserStanding> StandingAsync(CancellationToken cancellationToken);

    private sealed class NoBudget : IUserBudget
    {
        public ValueTask<UserStanding> StandingAsync(CancellationToken cancellationToken) => ValueTask.FromResult(UserStanding.Free);
    }
}

/// <summary>Where a person stands with their budget.</summary>
/// <param name="Used">Share of the limit that is nearest; 1 is all of it.</param>
/// <param name="Amounts">What is used of what, for the model; empty when nothing is limited.</param>
/// <param name="UsedUp">One line for people when a limit is used up; <see langword="null"/> while there is something left.</param>
public sealed record UserStanding(double Used, string Amounts, string? UsedUp)
{
    /// <summary>Nothing is limited.</summary>
    public static UserStanding Free { get; } = new(0, "", null);
}
