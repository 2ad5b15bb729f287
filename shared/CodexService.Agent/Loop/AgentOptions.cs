using System.ComponentModel.DataAnnotations;

namespace CodexService.Agent.Loop;

/// <summary>Settings of the model brain, section <c>Agent</c>.</summary>
public sealed class AgentOptions
{
    internal const string Section = "Agent";

    /// <summary>Turns (model calls with their tool calls) of one attempt. Default 60.</summary>
    [Range(1, 1000, ErrorMessage = "Agent:MaxTurns has to be from 1 to 1000.")]
    public int MaxTurns { get; set; } = 60;

    /// <summary>Prompt and answer tokens of all turns of one attempt together, cached ones included. Default 2,000,000.</summary>
    [Range(1000, 1_000_000_000, ErrorMessage = "Agent:MaxTokens has to be from 1,000 to 1,000,000,000.")]
    public long MaxTokens { get; set; } = 2_000_000;

    /// <summary>Money of one attempt in the currency of the price table. Default: no limit.</summary>
    [Range(typeof(decimal), "0.0001", "1000000", ErrorMessage = "Agent:MaxCost has to be from 0.0001 to 1,000,000, or left out for no limit.")]
    public decimal? MaxCost { get; set; }

    /// <summary>
    /// Tokens that a prompt is kept within by masking older tool results, tools included; never more than the model takes.
    /// Default 24,000, which small models still read well.
    /// </summary>
    [Range(2000, 2_000_000, ErrorMessage = "Agent:WorkingContextTokens has to be from 2,000 to 2,000,000.")]
    public int WorkingContextTokens { get; set; } = 24_000;

    /// <summary>Tokens of one answer, kept free in the model's context. Default 4,096; at most a quarter of a known context.</summary>
    [Range(256, 200_000, ErrorMessage = "Agent:MaxAnswerTokens has to be from 256 to 200,000.")]
    public int MaxAnswerTokens { get; set; } = 4096;

    /// <summary>Sampling temperature of the first attempt, 0 to 2. Default 0.2. A temperature in a model's own settings comes first, for every attempt.</summary>
    [Range(0f, 2f, ErrorMessage = "Agent:Temperature has to be from 0 to 2.")]
    public float Temperature { get; set; } = 0.2f;

    /// <summary>
    /// Added for each further attempt of a round that asks the same model, so that attempts differ where nothing else makes them
    /// differ; the sum stays within 1 unless <see cref="Temperature"/> is higher. Default 0.15: the first, likeliest attempt is
    /// the calm one, and six differ before the limit is reached, above which models write broken calls.
    /// </summary>
    [Range(0f, 1f, ErrorMessage = "Agent:TemperatureStep has to be from 0 to 1.")]
    public float TemperatureStep { get; set; } = 0.15f;

    /// <summary>Characters of AGENTS.md (or what stands for it) that the model gets. Default 8,000; 0 for none.</summary>
    [Range(0, 200_000, ErrorMessage = "Agent:InstructionCharacters has to be from 0 to 200,000.")]
    public int InstructionCharacters { get; set; } = 8000;

    /// <summary>Tokens of the map of files and symbols in the first prompt. Default 1,500; 0 for none.</summary>
    [Range(0, 100_000, ErrorMessage = "Agent:RepositoryMapTokens has to be from 0 to 100,000.")]
    public int RepositoryMapTokens { get; set; } = 1500;

    internal float TemperatureAfter(int steps) => MathF.Round(Math.Max(Temperature, Math.Min(1f, Temperature + (TemperatureStep * steps))), 3);

    internal int AnswerTokens(int? contextTokens) => contextTokens is { } all ? Math.Clamp(all / 4, 1, MaxAnswerTokens) : MaxAnswerTokens;

    /// <summary>What an attempt may use: the task's own limits before these, raised by what people added.</summary>
    internal TurnLimits LimitsOf(BrainContext context) => new(
        (context.Limits?.Turns ?? MaxTurns) + (context.Added?.Turns ?? 0),
        (context.Limits?.Tokens ?? MaxTokens) + (context.Added?.Tokens ?? 0),
        (context.Limits?.Cost ?? MaxCost) + (context.Added?.Cost ?? 0));
}
