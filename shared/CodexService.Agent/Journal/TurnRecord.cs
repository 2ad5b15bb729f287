using CodexService.Agent.Loop;
using CodexService.Agent.Tools;
using CodexService.Models;
using Microsoft.Extensions.AI;

namespace CodexService.Agent.Journal;

/// <summary>
/// One turn as it is journalled. Record 0 is the opening: its notes are the system prompt and the first prompt, and it
/// alone carries the settings.
/// </summary>
/// <param name="Number">From 1; 0 for the opening.</param>
public sealed record TurnRecord(int Number)
{
    /// <summary>What the model was told before it was asked: nudges, warnings, messages of people.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What people said before the turn, as the gate gave it; it is in the notes too. <see langword="null"/> for nothing.</summary>
    public GateDecision? Heard { get; init; }

    /// <summary>What the model answered; <see langword="null"/> in the opening.</summary>
    public ChatMessage? Answer { get; init; }

    /// <summary>Why calls of the answer could not be read, by call id.</summary>
    public IReadOnlyDictionary<string, string> Unreadable { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether the answer was cut off at its token limit.</summary>
    public bool CutOff { get; init; }

    /// <summary>Configured name of the model that answered.</summary>
    public string Model { get; init; } = "";

    /// <summary>What the answer cost.</summary>
    public ModelUsage Usage { get; init; } = ModelUsage.None;

    /// <summary>What the calls led to, in their order; <see langword="null"/> while they run.</summary>
    public IReadOnlyList<TurnResult>? Results { get; init; }

    /// <summary>What the attempt was started with.</summary>
    public AttemptSettings? Settings { get; init; }

    /// <summary>The calls of the answer, in their order.</summary>
    internal IEnumerable<FunctionCallContent> Calls => Answer?.Contents.OfType<FunctionCallContent>() ?? [];
}

/// <summary>What one call led to.</summary>
/// <param name="CallId">Id of the call in the answer.</param>
/// <param name="Outcome">What the tool said.</param>
public sealed record TurnResult(string CallId, ToolOutcome Outcome);

/// <summary>What an attempt was started with, as far as it shapes what the model does.</summary>
/// <param name="PromptHash">SHA-256 over all prompt files, in hexadecimal.</param>
/// <param name="PromptVersion">Version of the prompt files.</param>
/// <param name="Model">Configured name of the model.</param>
/// <param name="Attempt">Number of the attempt within its task.</param>
/// <param name="Temperature">Sampling temperature.</param>
/// <param name="WorkingContextTokens">Tokens that prompts were kept within.</param>
/// <param name="Limits">What it may use.</param>
/// <param name="Tools">Names of the tools.</param>
/// <param name="Marker">Suffix of the markers around untrusted text.</param>
public sealed record AttemptSettings(
    string PromptHash,
    int PromptVersion,
    string Model,
    int Attempt,
    float Temperature,
    int WorkingContextTokens,
    TurnLimits Limits,
    IReadOnlyList<string> Tools,
    string Marker)
{
    /// <summary>Whether files could not change before a person had approved the plan.</summary>
    public bool ApprovePlan { get; init; }

    /// <summary>How many turns another attempt made, which this one went on from with more budget.</summary>
    public int InheritedTurns { get; init; }
}
