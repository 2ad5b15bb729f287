using System.Text.Json.Serialization;

namespace CodexService.Contracts.Api;

/// <summary>What one attempt of a model may use, or what it used. A value that is <see langword="null"/> says nothing: for a limit, the workers' default.</summary>
/// <param name="Turns">Model calls, 1 to 1,000 as a limit.</param>
/// <param name="Tokens">Prompt and answer tokens together, cached ones included; 1,000 to 1,000,000,000 as a limit.</param>
/// <param name="Cost">Money in the currency of the price table; 0.0001 to 1,000,000 as a limit.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TaskLimits(int? Turns = null, long? Tokens = null, decimal? Cost = null);

/// <summary>Amounts that count against a user's budget, as limits or as used.</summary>
/// <param name="Turns">Model calls.</param>
/// <param name="Tokens">Prompt and answer tokens, cached ones included.</param>
/// <param name="Cost">Money in the currency of the price table.</param>
/// <param name="WallClockMinutes">Minutes that attempts ran, each counted when it ends or as it runs.</param>
public sealed record BudgetAmounts(long? Turns, long? Tokens, decimal? Cost, double? WallClockMinutes);

/// <summary>Answer of <c>GET /api/budget</c>: where the caller stands.</summary>
/// <param name="User">Name of the access token; tokens of the same name share a budget.</param>
/// <param name="WindowSeconds">Length of the rolling window.</param>
/// <param name="Used">What was used within the window.</param>
/// <param name="Limits">What may be used; <see langword="null"/> values limit nothing.</param>
/// <param name="UsedUp">Which limit is used up, one line; <see langword="null"/> while there is something left.</param>
/// <param name="FreesUpAt">When something is left again, unless more is used until then; <see langword="null"/> when nothing is used up, or only what runs now uses it up.</param>
public sealed record BudgetInfo(string User, double WindowSeconds, BudgetAmounts Used, BudgetAmounts Limits, string? UsedUp, DateTimeOffset? FreesUpAt);
