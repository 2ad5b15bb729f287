using CodexService.Contracts.Api;

namespace CodexService.Tasks.Attempts;

/// <content>Where an attempt starts and what it may use: the same for a rescue, handed on by a retry and by added budget.</content>
public sealed partial class Attempt
{
    /// <summary>Number of the prompt that it works on.</summary>
    public int PromptNumber { get; private set; } = 1;

    /// <summary>Commit that it starts from and that its patch is relative to; <see langword="null"/> until the base ref was resolved.</summary>
    public string? BaseCommit { get; private set; }

    /// <summary>Whether <see cref="BaseCommit"/> is the head of the task's pull request, whose tests may all pass already.</summary>
    public bool OnPullRequest { get; private set; }

    /// <summary>The attempt whose partial patch is applied before the brain begins.</summary>
    public Guid? PartialOf { get; private set; }

    /// <summary>The attempt whose turns it took over.</summary>
    public Guid? Continues { get; private set; }

    /// <summary>How many turns it took over; they are repeated and neither end it nor count as used once more.</summary>
    public int InheritedTurns { get; private set; }

    /// <summary>Turns that people added to the limit, over all attempts that it continues.</summary>
    public int AddedTurns { get; private set; }

    /// <summary>Tokens that people added to the limit.</summary>
    public long AddedTokens { get; private set; }

    /// <summary>Money that people added to the limit.</summary>
    public decimal AddedCost { get; private set; }

    /// <summary>Wall clock that people added to the task's timeout.</summary>
    public TimeSpan AddedTime { get; private set; }

    /// <summary>Name of the access token of who asked for it; what it uses counts against that user's budget.</summary>
    public string? RequestedBy { get; private set; }

    /// <summary>What ended its work before the brain was done; <see langword="null"/> when nothing did.</summary>
    public EarlyEnd? EarlyEnd { get; private set; }

    internal void StartsAt(string commit) => BaseCommit ??= commit;

    internal void IsAskedBy(string? user) => RequestedBy = user;

    internal void FollowsUp(int prompt, string? baseCommit, bool onPullRequest, Guid? partialOf)
    {
        PromptNumber = prompt;
        BaseCommit = baseCommit;
        OnPullRequest = onPullRequest;
        PartialOf = partialOf;
    }

    /// <summary>Starts where an earlier attempt started.</summary>
    internal void StartsLike(Attempt earlier)
    {
        FollowsUp(earlier.PromptNumber, earlier.BaseCommit, earlier.OnPullRequest, earlier.PartialOf);
        Merges(earlier.MergedCommit);
    }

    /// <summary>Takes over the turns of an earlier attempt, and its limits with what is added now.</summary>
    internal void GoesOn(Attempt earlier, int inheritedTurns, AddedBudget added)
    {
        StartsLike(earlier);
        HeadCommit = earlier.HeadCommit;
        Continues = earlier.Id;
        InheritedTurns = inheritedTurns;
        AddedTurns = earlier.AddedTurns + (added.Turns ?? 0);
        AddedTokens = earlier.AddedTokens + (added.Tokens ?? 0);
        AddedCost = earlier.AddedCost + (added.Cost ?? 0);
        AddedTime = earlier.AddedTime + (added.Time ?? TimeSpan.Zero);
    }

    internal void EndedEarly(EarlyEnd? end) => EarlyEnd = end;
}

/// <summary>What a person adds to the limits of an attempt; <see langword="null"/> adds nothing.</summary>
/// <param name="Turns">Model calls.</param>
/// <param name="Tokens">Tokens.</param>
/// <param name="Cost">Money in the currency of the price table.</param>
/// <param name="Time">Wall clock.</param>
public sealed record AddedBudget(int? Turns, long? Tokens, decimal? Cost, TimeSpan? Time)
{
    /// <summary>Whether it says anything about what only a model uses.</summary>
    internal bool IsForModels => Turns is not null || Tokens is not null || Cost is not null;
}
