using CodexService.Agent.Journal;
using CodexService.Agent.Tools;
using Microsoft.Extensions.AI;

namespace CodexService.Agent.Loop;

/// <summary>
/// Keeps files as they are until a person has approved the plan. The tools stay declared as they are, so that prefix
/// caches hit; calls that could change something are answered with one line. Follows from records alone. Not thread-safe.
/// </summary>
/// <param name="isNeeded">Whether the task wants its plan approved.</param>
internal sealed class PlanApproval(bool isNeeded)
{
    /// <summary>What a call that has to wait is answered with.</summary>
    public const string NotYet = "The plan has not been approved yet: until then only view, search and plan work. Look around, then call plan with your steps; a person approves it.";

    // A command may change files whatever it looks like, and so may tests.
    private static readonly string[] Harmless = ["view", "search", "plan"];

    private bool approved;

    /// <summary>Whether files may change.</summary>
    public bool IsGiven => !isNeeded || approved;

    /// <summary>The plan that nobody has answered yet.</summary>
    public string? Waiting { get; private set; }

    /// <summary>A turn starts with what the gate said.</summary>
    public void Begin(GateDecision? heard)
    {
        approved |= heard?.ApprovedPlan is not null;
        Waiting = null;
    }

    /// <summary>A turn ended.</summary>
    public void End(TurnRecord turn)
    {
        if (!IsGiven)
        {
            Waiting = turn.Results!.Select(result => result.Outcome.Plan).LastOrDefault(plan => plan is not null);
        }
    }

    /// <summary>The answer to a call that has to wait for the approval; <see langword="null"/> when it may run.</summary>
    public ToolOutcome? Refusal(FunctionCallContent call) => IsGiven || Harmless.Contains(call.Name, StringComparer.OrdinalIgnoreCase)
        ? null
        : new ToolOutcome(NotYet, IsError: true) { Line = $"{call.Name}: the plan is not approved yet" };
}
