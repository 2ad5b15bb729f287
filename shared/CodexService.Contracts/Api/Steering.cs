using System.Text.Json.Serialization;

namespace CodexService.Contracts.Api;

/// <summary>Body of <c>POST /api/tasks/{id}/messages</c>.</summary>
/// <param name="Text">What the model reads before its next turn, 1 to <see cref="SteeringLimits.LongestText"/> characters.</param>
/// <param name="Attempt">Number of the one attempt that reads it; <see langword="null"/> for every attempt.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SendMessageRequest(string Text, int? Attempt = null);

/// <summary>A message of a person to the attempts of a task.</summary>
/// <param name="Number">1-based within the task.</param>
/// <param name="Text">What was said.</param>
/// <param name="At">When, on the database's clock.</param>
/// <param name="Attempt">Number of the one attempt that reads it; <see langword="null"/> for every attempt.</param>
public sealed record TaskMessageInfo(int Number, string Text, DateTimeOffset At, int? Attempt);

/// <summary>Body of <c>POST /api/tasks/{id}/plan/approve</c>.</summary>
/// <param name="Attempt">Whose plan; may be left out when one plan waits.</param>
/// <param name="Plan">The plan as the person changed it; <see langword="null"/> approves it as it is.</param>
/// <param name="Revision">The revision that the person has read; a newer one is then not approved unseen. <see langword="null"/> approves whatever waits.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ApprovePlanRequest(int? Attempt = null, string? Plan = null, int? Revision = null);

/// <summary>The plan of an attempt whose task wants plans approved.</summary>
/// <param name="Attempt">Number of the attempt.</param>
/// <param name="Text">One step a line.</param>
/// <param name="State">Where it is.</param>
/// <param name="Revision">1 for the first plan, one more for each that was proposed after it.</param>
public sealed record PlanInfo(int Attempt, string Text, PlanState State, int Revision);

/// <summary>Where a plan is that needs approval.</summary>
public enum PlanState
{
    /// <summary>Proposed; the attempt waits for a person.</summary>
    Waiting,

    /// <summary>A person answered with a message; the model makes a new plan.</summary>
    Revising,

    /// <summary>Approved; files may change.</summary>
    Approved,
}

/// <summary>Limits of what people say to a running task.</summary>
public static class SteeringLimits
{
    /// <summary>Characters of a message or of an edited plan.</summary>
    public const int LongestText = 10_000;
}
