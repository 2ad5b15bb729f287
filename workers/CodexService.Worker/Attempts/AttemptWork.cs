using System.Text.Json;
using CodexService.Agent;
using CodexService.Agent.Reviews;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using CodexService.Repositories.Merging;
using CodexService.Sandbox;
using CodexService.Tasks.Attempts;
using CodexService.Tasks.Leases;

namespace CodexService.Worker.Attempts;

/// <summary>What an attempt has so far. What is here when it is stopped is kept as its partial result.</summary>
internal sealed class AttemptWork(ClaimedAttempt attempt, AttemptJournal journal, long claimedAt, AttemptSession session)
{
    public ClaimedAttempt Attempt => attempt;

    /// <summary>The brain that works on it, once chosen.</summary>
    public IBrain? Brain { get; set; }

    public AttemptJournal Journal => journal;

    /// <summary>Timestamp of the claim.</summary>
    public long ClaimedAt => claimedAt;

    /// <summary>Whether a partial patch is still wanted: not of a question or a review, not when the worker shuts down or somebody else has the attempt.</summary>
    public bool KeepsPartialPatch => attempt.Kind == TaskKind.Change && session.Cause is StopCause.Cancelled or StopCause.Deadline;

    /// <summary>Lease and reasons to stop.</summary>
    public AttemptSession Session => session;

    /// <summary>Unified diff; empty until something changed.</summary>
    public string Patch { get; set; } = "";

    /// <summary>What commands tried to reach while the brain worked.</summary>
    public NetworkAttempts Network { get; set; } = NetworkAttempts.NotRecorded;

    /// <summary>What the brain said.</summary>
    public BrainResult? Said { get; set; }

    /// <summary>The change that a model reviews.</summary>
    public ReviewSubject? Subject { get; set; }

    /// <summary>The merge whose conflicts it resolves.</summary>
    public ConflictedMerge? Merge { get; set; }

    /// <summary>What the review came to.</summary>
    public ReviewResult? Review { get; set; }

    /// <summary>An end without a verified patch; what there is is kept.</summary>
    public AttemptOutcome Unfinished(AttemptState state, string reason) => new(state, reason, Result(null)) { EarlyEnd = EarlyEnd };

    /// <summary>What ended the brain's work early; <see langword="null"/> when nothing did.</summary>
    public EarlyEnd? EarlyEnd => Said?.Interruption?.Kind switch
    {
        InterruptionKind.Limit => Contracts.Api.EarlyEnd.Limit,
        InterruptionKind.Stuck => Contracts.Api.EarlyEnd.Stuck,
        InterruptionKind.Stopped => Contracts.Api.EarlyEnd.Stopped,
        InterruptionKind.NoAnswer => Contracts.Api.EarlyEnd.NoAnswer,
        _ => null,
    };

    /// <summary>A reason for people, with what ended the brain's work early before it.</summary>
    public string Interrupted(string reason) => Said?.Interruption is { } interruption ? $"{interruption.Reason}; of the work until then: {reason}" : reason;

    /// <summary>No end: the attempt waits for a person; what there is is kept.</summary>
    public AttemptOutcome Parked(AttemptParking parking) => new(AttemptState.Paused, "waits for a person", Result(null)) { Parking = parking };

    /// <summary>The stored result.</summary>
    public AttemptResult Result(string? verification) => new()
    {
        AttemptId = attempt.Lease.AttemptId,
        TaskId = attempt.Lease.TaskId,
        Brain = Brain?.Name ?? attempt.Brain.ToString().ToLowerInvariant(),
        Patch = Patch,
        Title = Said?.Title ?? "",
        Summary = Review?.Summary ?? Said?.Summary ?? "",
        Verification = verification,
        AnswerReferences = Said?.Answer is { } answer
            ? JsonSerializer.Serialize(answer.References.Select(each => new AnswerReference(each.Path, each.Line, each.EndLine, each.Exists)), JsonConventions.Options)
            : null,
        Review = Review is null ? null : JsonSerializer.Serialize(Review, JsonConventions.Options),
    };
}
