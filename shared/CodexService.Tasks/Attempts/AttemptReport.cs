using CodexService.Contracts.Api;
using CodexService.Tasks.Persistence;

namespace CodexService.Tasks.Attempts;

/// <summary>One entry that a worker adds to the event log of its attempt.</summary>
/// <param name="Type">One of <see cref="TaskEventTypes"/>.</param>
/// <param name="Message">One line for people.</param>
public sealed record AttemptReport(string Type, string Message)
{
    /// <summary>The stage that the attempt is in now, when it changed.</summary>
    public string? Stage { get; init; }

    /// <summary>Candidates tried so far; smaller values than before are ignored.</summary>
    public int CandidatesTried { get; init; }

    /// <summary>The commit that the base ref means, when it was resolved.</summary>
    public string? BaseCommit { get; init; }

    /// <summary>The head commit of the change that is reviewed, when it was resolved.</summary>
    public string? HeadCommit { get; init; }

    /// <summary>From the claim until the sandbox was ready, when that happened.</summary>
    public TimeSpan? SandboxReady { get; init; }

    /// <summary>What the attempt has used of models in all its own turns so far, when that changed.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>The sampling temperature that the attempt's model is asked with, once that is known.</summary>
    public float? Temperature { get; init; }

    /// <summary>Facts for programs.</summary>
    public object? Data { get; init; }
}

/// <summary>What an attempt used of models.</summary>
/// <param name="InputTokens">Prompt tokens, cached ones included.</param>
/// <param name="CachedInputTokens">Prompt tokens that came from a cache.</param>
/// <param name="OutputTokens">Answer tokens.</param>
/// <param name="Cost">Price in the currency of the price table.</param>
public sealed record TokenUsage(long InputTokens, long CachedInputTokens, long OutputTokens, decimal Cost);

/// <summary>How an attempt ended, or that it was parked.</summary>
/// <param name="State">A terminal state, or <see cref="AttemptState.Paused"/> with <see cref="Parking"/>.</param>
/// <param name="Reason">One line for people.</param>
/// <param name="Result">Patch and proof, when there are any.</param>
/// <param name="EvidenceOutputs">Output of each recorded command, in the order of the proof.</param>
public sealed record AttemptOutcome(
    AttemptState State,
    string Reason,
    AttemptResult? Result = null,
    IReadOnlyList<string>? EvidenceOutputs = null)
{
    /// <summary>What a parked attempt waits for.</summary>
    public AttemptParking? Parking { get; init; }

    /// <summary>What ended the work before the brain was done with it; <see langword="null"/> when nothing did.</summary>
    public EarlyEnd? EarlyEnd { get; init; }

    /// <summary>
    /// The same outcome in text that PostgreSQL can hold. A patch is never altered: one that cannot be stored exactly
    /// was not what the proof is about, so it fails the attempt.
    /// </summary>
    internal AttemptOutcome Storable()
    {
        if (Result is null)
        {
            return this;
        }

        if (!StorableText.Fits(Result.Patch))
        {
            return new AttemptOutcome(AttemptState.Failed, "the patch holds a NUL character or broken text and cannot be stored; mark such files as binary in .gitattributes");
        }

        var result = new AttemptResult
        {
            AttemptId = Result.AttemptId,
            TaskId = Result.TaskId,
            Brain = StorableText.Of(Result.Brain),
            Patch = Result.Patch,
            Title = StorableText.Line(Result.Title),
            Summary = StorableText.Of(Result.Summary),
            Verification = Result.Verification is null ? null : StorableText.JsonOf(Result.Verification),
            AnswerReferences = Result.AnswerReferences is null ? null : StorableText.JsonOf(Result.AnswerReferences),
            Review = Result.Review is null ? null : StorableText.JsonOf(Result.Review),
        };
        return this with { Result = result, EvidenceOutputs = [.. (EvidenceOutputs ?? []).Select(StorableText.Of)] };
    }
}
