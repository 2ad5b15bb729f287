namespace CodexService.Agent.Loop;

/// <summary>What one attempt may use. A value that is <see langword="null"/> limits nothing.</summary>
/// <param name="Turns">Model calls.</param>
/// <param name="Tokens">Prompt and answer tokens of all turns together, cached ones included.</param>
/// <param name="Cost">Money in the currency of the price table.</param>
public sealed record TurnLimits(int? Turns, long? Tokens, decimal? Cost);
