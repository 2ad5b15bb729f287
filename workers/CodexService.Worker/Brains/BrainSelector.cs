using CodexService.Agent;
using CodexService.Contracts.Api;

namespace CodexService.Worker.Brains;

/// <summary>Chooses the brain of an attempt among those that are registered.</summary>
internal sealed class BrainSelector(IEnumerable<IBrain> brains)
{
    private readonly Dictionary<string, IBrain> byName = brains.ToDictionary(brain => brain.Name, StringComparer.Ordinal);

    /// <summary>The model for <see cref="BrainChoice.Auto"/> when there is one, else the repair brain.</summary>
    /// <exception cref="BrainException">The wanted brain is not configured.</exception>
    public IBrain Select(BrainChoice choice) => choice switch
    {
        BrainChoice.Repair => byName["repair"],
        BrainChoice.Model => byName.GetValueOrDefault("model") ?? throw new BrainException("no model is configured on this worker; submit with the brain auto or repair"),
        _ => byName.GetValueOrDefault("model") ?? byName["repair"],
    };
}
