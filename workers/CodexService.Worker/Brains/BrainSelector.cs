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
    /// <param name="choice">The task's brain.</param>
    /// <param name="model">The model that the task names, if any; only the model brain can use it.</param>
    /// <exception cref="BrainException">The wanted brain is not configured, or a model is named that the brain would not ask.</exception>
    public IBrain Select(BrainChoice choice, string? model)
    {
        var brain = Select(choice);
        if (model is null || brain.Name == "model")
        {
            return brain;
        }

        // Somebody who names a model must not get the work of another brain without noticing.
        throw new BrainException(
            choice == BrainChoice.Repair ? $"the repair brain asks no model, but the task names the model \"{model}\"; submit without the model, or with the brain model"
            : byName.ContainsKey("model") ? $"CODEX_BRAIN of this worker is repair, but the task names the model \"{model}\"; submit with the brain model, or without the model"
            : $"no model is configured on this worker, but the task names the model \"{model}\"; submit without the model, or configure it");
    }

    /// <summary>The brain that answers questions: only one that asks a model can, whatever this worker prefers for changes.</summary>
    /// <exception cref="BrainException">No model is configured.</exception>
    public IBrain SelectForQuestion() => byName.GetValueOrDefault("model")
        ?? throw new BrainException("no model is configured on this worker, and the repair brain answers no questions; set CODEX_MODEL_URL and CODEX_MODEL, OPENAI_API_KEY or ANTHROPIC_API_KEY");

    private IBrain Select(BrainChoice choice) => choice switch
    {
        BrainChoice.Repair => byName["repair"],
        BrainChoice.Model => byName.GetValueOrDefault("model") ?? throw new BrainException("no model is configured on this worker; submit with the brain auto or repair"),
        _ when preferred == "repair" => byName["repair"],
        _ => byName.GetValueOrDefault("model") ?? byName["repair"],
    };
}
