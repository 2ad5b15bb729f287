namespace CodexService.Contracts.Api;

/// <summary>Answer of <c>GET /api/tasks/{id}/attempts/{number}</c>: one attempt with what it left behind.</summary>
/// <param name="Attempt">The attempt as the task lists it.</param>
/// <param name="Title">Title of its change; <see langword="null"/> when it has no result.</param>
/// <param name="Summary">What it says about its work, Markdown; <see langword="null"/> when it has no result.</param>
/// <param name="Patch">Unified diff, partial when the attempt was stopped; <see langword="null"/> when nothing changed.</param>
/// <param name="Verification">The proof; <see langword="null"/> when none was tried.</param>
public sealed record AttemptDetail(AttemptInfo Attempt, string? Title, string? Summary, string? Patch, VerificationReport? Verification);

/// <summary>What one attempt used.</summary>
/// <param name="WallSeconds">From its last claim to its end; 0 before it has ended.</param>
/// <param name="InputTokens">Prompt tokens, cached ones included.</param>
/// <param name="CachedInputTokens">Prompt tokens that came from a cache.</param>
/// <param name="OutputTokens">Answer tokens.</param>
/// <param name="Cost">Price in the currency of the price table.</param>
public sealed record AttemptUsage(double WallSeconds, long InputTokens, long CachedInputTokens, long OutputTokens, decimal Cost);
