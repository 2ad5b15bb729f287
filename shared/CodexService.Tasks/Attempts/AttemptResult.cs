using CodexService.Contracts.Api;

namespace CodexService.Tasks.Attempts;

/// <summary>What an attempt left behind: the patch (partial when it did not succeed) and the proof. One per attempt; the newest claim's wins.</summary>
public sealed class AttemptResult
{
    /// <summary>The attempt.</summary>
    public required Guid AttemptId { get; init; }

    /// <summary>The task.</summary>
    public required Guid TaskId { get; init; }

    /// <summary>Name of the brain that worked.</summary>
    public required string Brain { get; init; }

    /// <summary>Unified diff; empty when nothing changed.</summary>
    public required string Patch { get; init; }

    /// <summary>Imperative title for commit and pull request.</summary>
    public required string Title { get; init; }

    /// <summary>Markdown.</summary>
    public required string Summary { get; init; }

    /// <summary>The proof as JSON (<see cref="VerificationReport"/>), or <see langword="null"/> when none was tried.</summary>
    public string? Verification { get; init; }

    /// <summary>The places that an answer names as JSON (a list of <see cref="AnswerReference"/>), or <see langword="null"/> for a change.</summary>
    public string? AnswerReferences { get; init; }

    /// <summary>The review as JSON (<see cref="ReviewResult"/>), or <see langword="null"/> when there is none.</summary>
    public string? Review { get; init; }
}

/// <summary>One recorded command of a verification.</summary>
public sealed class EvidenceEntry
{
    /// <summary>The attempt.</summary>
    public required Guid AttemptId { get; init; }

    /// <summary>0-based position.</summary>
    public required int Position { get; init; }

    /// <summary>stdout and stderr as text.</summary>
    public required string Output { get; init; }
}
