using CodexService.Agent.Instructions;
using CodexService.Agent.Journal;
using CodexService.Agent.Tools;
using CodexService.Models;

namespace CodexService.Agent.Loop;

/// <summary>
/// The turns of one attempt. Everything that decides what comes next is taken from the turn's record, so that a journal
/// that is read again after a crash leads to the same place. Not thread-safe; runs once.
/// </summary>
internal sealed class AttemptLoop(
    BrainContext context,
    ModelTurns turns,
    CallRunner calls,
    PlanApproval approval,
    WorkspaceChanges changes,
    TurnBudget budget,
    NestedInstructions nested,
    TimeProvider time)
{
    private StuckDetector stuck = new();
    private readonly List<string> notes = [];
    private string? plan;
    private bool changed;
    private int messagesRead;

    /// <summary>Runs to the end of the work.</summary>
    /// <exception cref="BrainException">The model did not answer before anything was changed.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<BrainResult> RunAsync(CancellationToken cancellationToken)
    {
        Ending? ending;
        using (var deadline = new CancellationTokenSource(budget.TimeLeft, time))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token))
        {
            try
            {
                ending = await ReplayAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                ending = Ending.Early(InterruptionKind.Limit, budget.TimeLimit);
            }
        }

        budget.CountEarlier(context.UsedTime);
        while (ending is null)
        {
            ending = await NextTurnAsync(cancellationToken);
        }

        if (context.Review is not null)
        {
            return ending.ToReview(plan);
        }

        if (context.IsQuestion)
        {
            return ending.ToAnswer(plan);
        }

        // Without an answer of git, what the tools said about themselves has to do.
        var summary = await changes.SummarizeAsync(cancellationToken) ?? (changed ? "files were changed" : "");
        return ending.ToResult(context.Prompt, summary, plan);
    }

    private async Task<Ending?> ReplayAsync(CancellationToken cancellationToken)
    {
        var recorded = context.Journal.Recorded.Where(turn => turn.Number > 0).ToList();
        if (recorded.Count > 0)
        {
            context.Progress.Report(new BrainProgress("work", $"Going on after turn {recorded[^1].Number}: doing again in a fresh sandbox what was done"));
        }

        foreach (var turn in recorded)
        {
            notes.Clear();
            notes.AddRange(turn.Notes);
            Hear(turn.Heard);
            budget.Told(turn.Notes);
            AppendNotes(turn.Number);
            var ending = turn.Results is null
                ? await FinishTurnAsync(turn, cancellationToken)
                : await RepeatTurnAsync(turn, cancellationToken);
            if (ending is not null)
            {
                return ending;
            }
        }

        return null;
    }

    private async Task<Ending?> RepeatTurnAsync(TurnRecord turn, CancellationToken cancellationToken)
    {
        await calls.RepeatAsync(turn, cancellationToken);
        return Take(turn);
    }

    private async Task<Ending?> NextTurnAsync(CancellationToken cancellationToken)
    {
        await budget.AskAsync(context.UserBudget, cancellationToken);
        if (budget.UsedUp() is { } limit)
        {
            return Ending.Early(InterruptionKind.Limit, limit);
        }

        var asked = time.GetTimestamp();
        var decision = await context.Gate.BeforeTurnAsync(new TurnState(budget.Turns + 1, plan, changed, budget.Usage) { MessagesRead = messagesRead }, cancellationToken);
        budget.AddWaiting(time.GetElapsedTime(asked));
        if (decision.StopReason is { } reason)
        {
            return Ending.Early(InterruptionKind.Stopped, $"stopped: {reason}");
        }

        if (Wait(decision) is { } waiting)
        {
            return waiting;
        }

        var heard = Heard(decision);
        notes.AddRange(Told(heard));
        Hear(heard);
        if (budget.UserWarning() is { } warning)
        {
            notes.Add(warning);
        }

        using var deadline = new CancellationTokenSource(budget.TimeLeft, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await AskAsync(heard, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Ending.Early(InterruptionKind.Limit, budget.TimeLimit);
        }
        catch (ModelException e)
        {
            return changed ? Ending.Early(InterruptionKind.NoAnswer, $"the model stopped answering: {e.Message}") : throw new BrainException(e.Message, e);
        }
        finally
        {
            // Also when a person stops the work: what was used is used.
            if (turns.TakeUnanswered() is var lost && lost != ModelUsage.None)
            {
                await context.Journal.CountUnansweredAsync(budget.Turns + 1, lost, CancellationToken.None);
            }
        }
    }

    /// <summary>Whether the work has to wait for a person.</summary>
    private Ending? Wait(GateDecision decision)
    {
        // A plan is shown also when a pause was asked for meanwhile: it can be read and approved during the pause.
        if (approval.Waiting is { } proposed && decision.ApprovedPlan is null && decision.Messages.Count == 0)
        {
            return new Ending("its plan waits for approval") { Parking = new Parking(proposed, Math.Max(messagesRead, decision.ReadThrough), budget.Worked) };
        }

        return decision.Pause
            ? new Ending("paused by a person") { Parking = new Parking(Plan: null, messagesRead, budget.Worked) }
            : null;
    }

    /// <summary>What is news of a decision; <see langword="null"/> when nothing is. An approval counts once.</summary>
    private GateDecision? Heard(GateDecision decision)
    {
        var approved = approval.IsGiven || decision.ApprovedPlan is null ? null : UntrustedText.Clean(decision.ApprovedPlan).Trim();
        return decision.Messages.Count == 0 && approved is null && decision.ReadThrough <= messagesRead
            ? null
            : new GateDecision([.. decision.Messages.Select(message => UntrustedText.Clean(message).Trim())]) { ReadThrough = decision.ReadThrough, ApprovedPlan = approved };
    }

    private static IEnumerable<string> Told(GateDecision? heard)
    {
        if (heard?.ApprovedPlan is { } approved)
        {
            yield return $"The person you work for approved this plan; all tools work now. Follow it as it stands here:\n{approved}";
        }

        foreach (var message in heard?.Messages ?? [])
        {
            yield return $"Message from the person you work for:\n{message}";
        }
    }

    private void Hear(GateDecision? heard)
    {
        approval.Begin(heard);
        plan = heard?.ApprovedPlan ?? plan;
        messagesRead = Math.Max(messagesRead, heard?.ReadThrough ?? 0);
    }

    private async Task<Ending?> AskAsync(GateDecision? heard, CancellationToken cancellationToken)
    {
        if (turns.Window.NeedsState)
        {
            notes.Add(await StateAsync(cancellationToken));
        }

        var number = budget.Turns + 1;
        IReadOnlyList<string> told = [.. notes];
        AppendNotes(number);
        turns.Window.Fit();
        var turn = await turns.AskAsync(number, told, cancellationToken) with { Heard = heard };
        await context.Journal.AppendAsync(turn, cancellationToken);
        return await FinishTurnAsync(turn, cancellationToken);
    }

    private async Task<Ending?> FinishTurnAsync(TurnRecord turn, CancellationToken cancellationToken)
    {
        var finished = turn with { Results = await calls.RunAsync(turn, cancellationToken) };
        await context.Journal.AppendAsync(finished, cancellationToken);
        var ending = Take(finished);
        context.Progress.Report(TurnReport.Finished(finished, budget.Usage, budget.Own, plan));
        return ending;
    }

    /// <summary>Makes a finished turn part of the attempt and decides what the model is told before the next.</summary>
    private Ending? Take(TurnRecord turn)
    {
        turns.Append(turn);
        budget.Add(turn.Usage);
        foreach (var (call, result) in turn.Calls.Zip(turn.Results!))
        {
            changed |= result.Outcome.ChangedFiles;
            plan = result.Outcome.Plan ?? plan;
            notes.AddRange(nested.For(call));
        }

        approval.End(turn);
        turns.Window.Fit();
        if (turn.Number <= context.InheritedTurns)
        {
            return TakeInherited(turn);
        }

        if (SubmissionOf(turn) is { } submission)
        {
            return new Ending(Reason: null, submission);
        }

        var verdict = stuck.Observe(turn);
        if (verdict.Ends)
        {
            return Ending.Early(InterruptionKind.Stuck, $"stuck: {verdict.Reason}");
        }

        if (verdict.Reason is { } circle)
        {
            notes.Add($"You are going in circles: {circle}. It will not come out differently. Look at another place, change something else, or call submit with what you have.");
        }
        else if (turn.Results!.Count == 0)
        {
            notes.Add(turn.CutOff
                ? "Your answer was cut off at its length limit before it called a tool. Think shorter and call the next tool at once, or call submit when the task is done."
                : approval.IsGiven
                ? "Your answer called no tool, so nothing happened. Call the next tool now, or call submit when the task is done."
                : "Your answer called no tool, so nothing happened. Call view or search now, or call plan with your steps for approval.");
        }

        if (budget.Warning() is { } near)
        {
            notes.Add($"You have used {near}. Finish now: leave the files in a working state and call submit.");
        }

        return null;
    }

    /// <summary>
    /// A turn of the attempt that this one goes on from. Whatever ended that one, a person has given it more since: it ends
    /// nothing here, and before the first turn of its own the model is told.
    /// </summary>
    private Ending? TakeInherited(TurnRecord turn)
    {
        var verdict = stuck.Observe(turn);
        if (verdict.Ends)
        {
            stuck = new StuckDetector();
        }

        if (turn.Number == context.InheritedTurns)
        {
            var before = SubmissionOf(turn) is not null ? "You had submitted this work, but it was not finished with."
                : verdict.Ends ? $"You had been stopped because you went in circles: {verdict.Reason}. Take another way now."
                : "Your work had been interrupted.";
            notes.Add($"{before} The person you work for lets you go on{(budget.MostTurns is { } most ? $", up to turn {most}" : "")}. The files are as you left them. Call submit when the task is done.");
        }

        return null;
    }

    private static Tools.Submission? SubmissionOf(TurnRecord turn) =>
        turn.Results!.Select(result => result.Outcome.Submission).FirstOrDefault(submission => submission is not null);

    private void AppendNotes(int number)
    {
        foreach (var note in notes)
        {
            if (note.StartsWith(StateHeading, StringComparison.Ordinal))
            {
                turns.Window.AppendState(number, note);
            }
            else
            {
                turns.Window.AppendNote(number, note);
            }
        }

        notes.Clear();
    }

    private const string StateHeading = "[Older results were masked to save space. Where you stand:]";

    private async Task<string> StateAsync(CancellationToken cancellationToken)
    {
        var diff = await changes.SummarizeAsync(cancellationToken);
        return $"{StateHeading}\nPlan: {plan ?? "none yet"}\nFiles changed so far:{(diff is { Length: > 0 } ? $"\n{diff}" : " none")}";
    }
}
