using System.Globalization;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Choice;
using CodexService.Tasks.Persistence;
using CodexService.Tasks.Rounds;

namespace CodexService.Tasks;

/// <content>Rounds after the first: follow-ups and added budget.</content>
public sealed partial class CodingTask
{
    /// <summary>How many prompts there are, the submission's included.</summary>
    public int PromptCount { get; private set; } = 1;

    /// <summary>Name of the access token that submitted it.</summary>
    public string? SubmittedBy { get; private set; }

    /// <summary>Most turns of an attempt; <see langword="null"/> for the workers' default.</summary>
    public int? MaxTurns { get; private set; }

    /// <summary>Most tokens of an attempt; <see langword="null"/> for the workers' default.</summary>
    public long? MaxTokens { get; private set; }

    /// <summary>Most money of an attempt; <see langword="null"/> for the workers' default.</summary>
    public decimal? MaxCost { get; private set; }

    /// <summary>
    /// Begins a round with a new prompt on top of what was done: from the pull request's head when one is open, else from the
    /// base commit with the newest partial patch.
    /// </summary>
    /// <param name="prompt">What to do next.</param>
    /// <param name="testCommand">The command that proves the change from now on; <see langword="null"/> keeps that of the prompt before.</param>
    /// <param name="user">Name of the access token of who asks.</param>
    /// <param name="history">What ended attempts left behind.</param>
    /// <returns>The prompt, which the caller stores with the task.</returns>
    /// <exception cref="TaskConflictException">The task has not ended, or its pull request is no longer open.</exception>
    public TaskPrompt FollowUp(string prompt, string? testCommand, string? user, RoundHistory history)
    {
        RefuseFollowUpOfReview();
        if (!IsTerminal)
        {
            throw new TaskConflictException($"A follow-up needs a task that has ended; this one is {Words(State)}. Wait for its end, or stop it first.");
        }

        RequireOpenPullRequest("a follow-up");
        var partial = PullRequest is null
            ? attempts.Where(a => history.Patches.Contains(a.Id)).MaxBy(a => a.Number)
            : null;
        var start = PullRequest?.HeadCommit ?? partial?.BaseCommit ?? BaseCommit;
        PromptCount++;
        var asked = new TaskPrompt
        {
            TaskId = Id,
            Number = PromptCount,
            Text = StorableText.Of(prompt),
            TestCommand = testCommand ?? history.TestCommand ?? TestCommand,
            BaseCommit = start,
        };
        Append(
            TaskEventTypes.FollowUpRequested,
            null,
            $"Round {PromptCount}, a follow-up: {StorableText.Shorten(prompt.Trim().Split('\n', 2)[0].Trim(), 120)}",
            new { number = PromptCount, base_commit = start });
        var attempt = BeginRound(user, [UsualVariant()])[0];
        attempt.FollowsUp(PromptCount, start, onPullRequest: PullRequest is not null, partial?.Id);
        return asked;
    }

    /// <summary>
    /// Begins a round that goes on with the newest attempt that ended early, with more to use. An attempt of the repair brain,
    /// which has no turns to take over, is tried again with more time.
    /// </summary>
    /// <param name="added">What is added to its limits.</param>
    /// <param name="user">Name of the access token of who asks.</param>
    /// <param name="history">What ended attempts left behind.</param>
    /// <returns>The new attempt; the caller copies the turns of <see cref="Attempt.Continues"/>.</returns>
    /// <exception cref="TaskConflictException">The task has not ended, its pull request is no longer open, or nothing ended early.</exception>
    public Attempt Continue(AddedBudget added, string? user, RoundHistory history)
    {
        if (!IsTerminal)
        {
            throw new TaskConflictException($"Only a task that has ended can be continued with more budget; this one is {Words(State)}.");
        }

        RequireOpenPullRequest("more budget");
        var round = attempts.Where(a => a.Number >= RoundStart).OrderByDescending(a => a.Number).ToList();
        var earlier = round.Find(a => history.LastTurns.ContainsKey(a.Id) && EndedBeforeItsTime(a));
        if (earlier is null)
        {
            // Nothing to take over: the repair brain searches anew, and so does an attempt that never came to a turn.
            earlier = round.Find(a => !history.LastTurns.ContainsKey(a.Id) && a.State != AttemptState.Succeeded)
                ?? throw new TaskConflictException("No attempt of the last round was ended by a limit, stuck, timed out or stopped; ask for more with a follow-up.");
            if (added.IsForModels && history.Brains.GetValueOrDefault(earlier.Id) == "repair")
            {
                throw new TaskConflictException("The repair brain has no turns, tokens or cost; add time alone (timeout_seconds).");
            }
        }

        var isLimit = earlier.EarlyEnd is Contracts.Api.EarlyEnd.Limit || earlier.State == AttemptState.TimedOut;
        if (isLimit && added is { IsForModels: false, Time: null })
        {
            throw new TaskConflictException($"Attempt {earlier.Number} ended at a limit; say how much to add: turns, tokens, cost or timeout_seconds.");
        }

        var inherited = history.LastTurns.GetValueOrDefault(earlier.Id);
        Append(
            TaskEventTypes.BudgetAdded,
            null,
            $"A person continued attempt {earlier.Number}{Say(added)}",
            new { attempt = earlier.Number, added.Turns, added.Tokens, added.Cost, seconds = added.Time?.TotalSeconds });
        var attempt = BeginRound(user, [earlier.Variant])[0];
        attempt.GoesOn(earlier, inherited, added);
        return attempt;
    }

    /// <summary>The attempts of a new round; the state is queued again.</summary>
    private List<Attempt> BeginRound(string? user, List<AttemptVariant> variants)
    {
        State = TaskState.Queued;
        Reason = null;
        FinishedAt = null;
        CancelRequested = false;
        PauseRequested = false;
        CandidatesTried = 0;
        WinningAttemptId = null;
        ForgetRoundEnd();
        var round = variants.ConvertAll(AddAttempt);
        round.ForEach(attempt => attempt.IsAskedBy(user ?? SubmittedBy));
        RoundStart = round[0].Number;
        return round;
    }

    private void RequireOpenPullRequest(string what)
    {
        if (PullRequest is { State: not PullRequestState.Open } pull)
        {
            throw new TaskConflictException(pull.State == PullRequestState.Merging
                ? $"Pull request #{pull.Number} is being merged, so {what} comes too late; submit a new task when it is merged."
                : $"Pull request #{pull.Number} is {pull.State.ToString().ToLowerInvariant()}, so {what} has nothing to build on; submit a new task.");
        }
    }

    private static bool EndedBeforeItsTime(Attempt attempt) =>
        attempt.EarlyEnd is not null || attempt.State is AttemptState.TimedOut or AttemptState.Cancelled or AttemptState.Failed;

    private static string Say(AddedBudget added)
    {
        string?[] parts =
        [
            added.Turns is { } turns ? Quantity.Of(turns, "turn") : null,
            added.Tokens is { } tokens ? $"{tokens.ToString("N0", CultureInfo.InvariantCulture)} tokens" : null,
            added.Cost is { } cost ? $"a cost of {cost.ToString("0.####", CultureInfo.InvariantCulture)}" : null,
            added.Time is { } time ? $"{time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s" : null,
        ];
        var said = string.Join(", ", parts.Where(part => part is not null));
        return said.Length == 0 ? "" : $" and added {said}";
    }
}
