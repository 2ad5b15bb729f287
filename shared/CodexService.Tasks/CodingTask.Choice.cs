using CodexService.Contracts.Api;
using CodexService.Contracts.Messages;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Choice;
using CodexService.Tasks.Leases;

namespace CodexService.Tasks;

/// <content>Which of several attempts counts: the best one by the ranking, or the one that a person takes.</content>
public sealed partial class CodingTask
{
    /// <summary>When the newest winner was found; its publishing began then.</summary>
    public DateTimeOffset? ChosenAt { get; private set; }

    /// <summary>
    /// A person takes a verified attempt of the newest round. While others run, they are stopped and the patch is published
    /// when they have ended; after the end it is published at once, over an open pull request if there is one. Choosing what
    /// is chosen already is harmless; where another pick could not be published since, that is settled by it.
    /// </summary>
    /// <exception cref="TaskConflictException">There is no such attempt, it has no verified patch, or it is too late.</exception>
    public void Choose(int number, DateTimeOffset now)
    {
        if (Kind == TaskKind.Change && State == TaskState.Succeeded && attempts.Exists(a => a.Number == number && a.Id == WinningAttemptId))
        {
            // Also one of an earlier round that stands.
            KeepInstead(now);
            return;
        }

        var attempt = Choosable(number);
        if (WinningAttemptId == attempt.Id && State is not (TaskState.Failed or TaskState.Cancelled))
        {
            return;
        }

        if (State == TaskState.Publishing)
        {
            throw new TaskConflictException($"Attempt {number} cannot be chosen now: the pull request of another attempt is being opened; choose when that is done.");
        }

        var reopens = IsTerminal;
        CancelRequested = false;
        WinningAttemptId = attempt.Id;
        AppendChoice(attempt, "person", $"A person chose attempt {number}: {AttemptRanking.Facts(AttemptRanking.Ranked(attempt))}");
        foreach (var other in attempts.Where(a => a.IsActive))
        {
            other.RequestStop($"stopped, as a person chose attempt {number}");
            if (other.State != AttemptState.Running)
            {
                End(other, AttemptState.Cancelled, other.StopReason!, now);
            }
        }

        if (reopens)
        {
            Publish(attempt, now);
        }
        else
        {
            SettleWhenDone(now);
        }
    }

    /// <summary>
    /// Settles which commit the base ref means for every attempt of the round: the first one that looks decides. Patches for
    /// different commits could neither be compared nor published for one another.
    /// </summary>
    /// <exception cref="LeaseLostException">The attempt belongs to somebody else by now.</exception>
    public void AgreeOnBase(AttemptLease lease, string commit)
    {
        Held(lease);
        BaseCommit ??= commit;
    }

    private List<Attempt> Round() => attempts.FindAll(attempt => attempt.Number >= RoundStart);

    private Attempt Choosable(int number)
    {
        if (Kind != TaskKind.Change)
        {
            throw new TaskConflictException($"A {(Kind == TaskKind.Ask ? "question has an answer" : "review has comments")} and no patch; there is nothing to choose.");
        }

        var attempt = attempts.Find(a => a.Number == number)
            ?? throw new TaskConflictException($"The task has no attempt {number}; its attempts are 1 to {attempts.Max(a => a.Number)}.");
        if (number < RoundStart)
        {
            throw new TaskConflictException($"Attempt {number} belongs to an earlier round; only attempts from {RoundStart} on can be chosen.");
        }

        if (!attempt.Verified)
        {
            throw new TaskConflictException(attempt.IsActive
                ? $"Attempt {number} cannot be chosen yet: its patch is not verified."
                : $"Attempt {number} cannot be chosen: its patch is not verified; download it and apply it by hand.");
        }

        return PullRequest?.State switch
        {
            null or PullRequestState.Open => attempt,
            PullRequestState.Merging => throw new TaskConflictException($"Attempt {number} cannot be chosen: pull request #{PullRequest.Number} is being merged."),
            PullRequestState.Merged => throw new TaskConflictException($"Attempt {number} cannot be chosen: pull request #{PullRequest.Number} is merged; submit a new task for a further change."),
            _ => throw new TaskConflictException($"Attempt {number} cannot be chosen: pull request #{PullRequest.Number} is closed; submit the task again."),
        };
    }

    // All have ended. What a person has chosen by now stands; else the best one wins, and of several the log says why.
    private void PublishBest(List<Attempt> round, DateTimeOffset now)
    {
        if (round.Find(attempt => attempt.Id == WinningAttemptId) is { } chosen)
        {
            Publish(chosen, now);
            return;
        }

        var ranked = AttemptRanking.Rank(round);
        var best = round.Single(attempt => attempt.Number == ranked[0].Number);
        if (round.Count > 1)
        {
            AppendChoice(best, "ranking", $"Chosen: {AttemptRanking.Describe(ranked, round.Count)}");
        }

        Publish(best, now);
    }

    private void Publish(Attempt attempt, DateTimeOffset now)
    {
        WinningAttemptId = attempt.Id;
        ChosenAt = now;
        PauseRequested = false;
        State = TaskState.Publishing;
        Stage = "publish";
        Reason = null;
        FinishedAt = null;
        CancelRequested = false;
        ForgetRoundEnd();
        newMessages.Add(new PatchVerified(Id));
    }

    // Who takes what stands no longer wants the pick that could not be published.
    private void KeepInstead(DateTimeOffset now)
    {
        if (HasFailedPick)
        {
            var kept = attempts.Find(attempt => attempt.Id == WinningAttemptId)!;
            AppendChoice(kept, "person", $"A person chose attempt {kept.Number} again: pull request #{PullRequest!.ShownNumber} has it already");
            Finish(TaskState.Succeeded, null, now);
        }
    }

    private void AppendChoice(Attempt attempt, string by, string message) => Append(
        TaskEventTypes.AttemptChosen,
        attempt.Number,
        message,
        new { by, tests_passed = attempt.TestsPassed, regressions = attempt.Regressions, patch_lines = attempt.PatchLines });

    // What a single further attempt works with: as the one that won, or the first one that asks a model.
    private AttemptVariant UsualVariant()
    {
        var winner = attempts.Find(attempt => attempt.Id == WinningAttemptId);
        var usual = winner is not null && (winner.Brain != BrainChoice.Repair || Brain != BrainChoice.Both)
            ? winner
            : Round().Find(attempt => attempt.Brain != BrainChoice.Repair) ?? attempts.FirstOrDefault();
        return usual?.Variant ?? new AttemptVariant(Brain, Model);
    }
}
