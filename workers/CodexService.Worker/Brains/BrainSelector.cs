using CodexService.Agent;
using CodexService.Contracts.Api;

namespace CodexService.Worker.Brains;

/// <summary>Chooses the brain of an attempt among those that are registered.</summary>
/// <param name="brains">What this worker has.</param>
/// <param name="preferred">What <c>auto</c> means: <c>auto</c> (the model when there is one), <c>model</c> or <c>repair</c>.</param>
internal sealed class BrainSelector(IEnumerable<IBrain> brains, string preferred)
{
    private readonly Dictionary<string, IBrain> byName = brains.ToDictionary(brain => brain.Name, StringComparer.Ordinal);

    /// <summary>The brain for a choice; <see cref="BrainChoice.Auto"/> is what the worker prefers.</summary>
    /// <exception cref="BrainException">The wanted brain is not configured.</exception>
    public IBrain Select(BrainChoice choice) => choice switch
    {
        BrainChoice.Repair => byName["repair"],
        BrainChoice.Model => byName.GetValueOrDefault("model") ?? throw new BrainException("no model is configured on this worker; submit with the brain auto or repair"),
        _ when preferred == "repair" => byName["repair"],
        _ => byName.GetValueOrDefault("model") ?? byName["repair"],
    };
}
