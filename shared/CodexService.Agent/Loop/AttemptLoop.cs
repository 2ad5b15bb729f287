using CodexService.Agent.Instructions;
using CodexService.Agent.Journal;
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
    WorkspaceChanges changes,
    TurnBudget budget,
    NestedInstructions nested,
    TimeProvider time)
{
    private readonly StuckDetector stuck = new();
    private readonly List<string> notes = [];
    private string? plan;
    private bool changed;

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
                ending = new Ending(budget.TimeLimit);
            }
        }

        while (ending is null)
        {
            ending = await NextTurnAsync(cancellationToken);
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
        if (budget.UsedUp() is { } limit)
        {
            return new Ending(limit);
        }

        var asked = time.GetTimestamp();
        var decision = await context.Gate.BeforeTurnAsync(new TurnState(budget.Turns + 1, plan, changed, budget.Usage), cancellationToken);
        budget.AddWaiting(time.GetElapsedTime(asked));
        if (decision.StopReason is { } reason)
        {
            return new Ending($"stopped: {reason}");
        }

        notes.AddRange(decision.Messages.Select(message => $"Message from the person you work for:\n{message}"));
        using var deadline = new CancellationTokenSource(budget.TimeLeft, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await AskAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Ending(budget.TimeLimit);
        }
        catch (ModelException e)
        {
            return changed ? new Ending($"the model stopped answering: {e.Message}") : throw new BrainException(e.Message, e);
        }
    }

    private async Task<Ending?> AskAsync(CancellationToken cancellationToken)
    {
        if (turns.Window.NeedsState)
        {
            notes.Add(await StateAsync(cancellationToken));
        }

        var number = budget.Turns + 1;
        IReadOnlyList<string> told = [.. notes];
        AppendNotes(number);
        turns.Window.Fit();
        var turn = await turns.AskAsync(number, told, cancellationToken);
        await context.Journal.AppendAsync(turn, cancellationToken);
        return await FinishTurnAsync(turn, cancellationToken);
    }

    private async Task<Ending?> FinishTurnAsync(TurnRecord turn, CancellationToken cancellationToken)
    {
        var finished = turn with { Results = await calls.RunAsync(turn, cancellationToken) };
        await context.Journal.AppendAsync(finished, cancellationToken);
        var ending = Take(finished);
        context.Progress.Report(TurnReport.Finished(finished, budget.Usage, plan));
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

        turns.Window.Fit();
        if (turn.Results!.Select(result => result.Outcome.Submission).FirstOrDefault(submission => submission is not null) is { } submission)
        {
            return new Ending(Reason: null, submission);
        }

        var verdict = stuck.Observe(turn);
        if (verdict.Ends)
        {
            return new Ending($"stuck: {verdict.Reason}");
        }

        if (verdict.Reason is { } circle)
        {
            notes.Add($"You are going in circles: {circle}. It will not come out differently. Look at another place, change something else, or call submit with what you have.");
        }
        else if (turn.Results!.Count == 0)
        {
            notes.Add(turn.CutOff
                ? "Your answer was cut off at its length limit before it called a tool. Think shorter and call the next tool at once, or call submit when the task is done."
                : "Your answer called no tool, so nothing happened. Call the next tool now, or call submit when the task is done.");
        }

        if (budget.Warning() is { } near)
        {
            notes.Add($"You have used {near}. Finish now: leave the files in a working state and call submit.");
        }

        return null;
    }

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
