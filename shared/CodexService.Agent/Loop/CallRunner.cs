using CodexService.Agent.Journal;
using CodexService.Agent.Tools;

namespace CodexService.Agent.Loop;

/// <summary>Runs the calls of an answer in their order. Not thread-safe.</summary>
internal sealed class CallRunner(IToolbox toolbox, PlanApproval approval)
{
    /// <summary>One result for each call. A submission ends the turn: what was called after it is not run.</summary>
    /// <exception cref="Sandbox.SandboxException">The sandbox is gone.</exception>
    public async Task<IReadOnlyList<TurnResult>> RunAsync(TurnRecord turn, CancellationToken cancellationToken)
    {
        var results = new List<TurnResult>();
        var submitted = false;
        foreach (var call in turn.Calls)
        {
            ToolOutcome outcome;
            if (submitted)
            {
                outcome = new ToolOutcome("Not run: the work was submitted before this call.", IsError: true);
            }
            else if (turn.Unreadable.TryGetValue(call.CallId, out var reason))
            {
                outcome = new ToolOutcome(CallCorrection.For(call, reason, turn.CutOff, toolbox.Declarations), IsError: true) { Line = $"{call.Name}: the call could not be read" };
            }
            else
            {
                outcome = approval.Refusal(call) ?? await toolbox.InvokeAsync(call, cancellationToken);
            }

            submitted |= outcome.Submission is not null;
            results.Add(new TurnResult(call.CallId, outcome));
        }

        return results;
    }

    /// <summary>
    /// Runs the calls of a finished turn again, for what they did to files; their results are known already. Calls that
    /// were not run the first time are not run now.
    /// </summary>
    /// <exception cref="Sandbox.SandboxException">The sandbox is gone.</exception>
    public async Task RepeatAsync(TurnRecord turn, CancellationToken cancellationToken)
    {
        foreach (var (call, result) in turn.Calls.Zip(turn.Results!))
        {
            if (result.Outcome.Submission is not null)
            {
                return;
            }

            if (!turn.Unreadable.ContainsKey(call.CallId) && approval.Refusal(call) is null)
            {
                await toolbox.InvokeAsync(call, cancellationToken);
            }
        }
    }
}
