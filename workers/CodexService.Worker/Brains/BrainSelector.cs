using CodexService.Agent;
using CodexService.Contracts.Api;
using CodexService.Models;
using CodexService.Models.Calling;

namespace CodexService.Worker.Brains;

/// <summary>Chooses the brain of an attempt among those that are registered.</summary>
/// <param name="brains">What this worker has.</param>
/// <param name="models">The configured models; <see langword="null"/> when there are none.</param>
/// <param name="preferred">What <c>auto</c> means: <c>auto</c> (the model when there is one), <c>model</c> or <c>repair</c>.</param>
internal sealed class BrainSelector(IEnumerable<IBrain> brains, IModelCatalog? models, string preferred)
{
    private readonly Dictionary<string, IBrain> byName = brains.ToDictionary(brain => brain.Name, StringComparer.Ordinal);

    /// <summary>Whether a model is configured on this worker.</summary>
    public bool HasModel => byName.ContainsKey("model");

    /// <summary>The brain for a choice; <see cref="BrainChoice.Auto"/> is what the worker prefers.</summary>
    /// <param name="choice">The attempt's brain.</param>
    /// <param name="model">The model that the attempt names, if any; only the model brain can use it.</param>
    /// <param name="besideRepair">Whether another attempt of the task has the repair brain.</param>
    /// <param name="approvePlan">Whether the attempt's plan is to be approved; only the model brain makes one.</param>
    /// <exception cref="BrainException">The wanted brain is not configured, or the attempt wants of it what it cannot do.</exception>
    public IBrain Select(BrainChoice choice, string? model, bool besideRepair, bool approvePlan)
    {
        var brain = Select(choice, besideRepair);
        if (brain.Name == "model" || (model is null && !approvePlan))
        {
            RequireKnown(model, brain);
            return brain;
        }

        // Whoever wants to see a plan first must not get a change without one.
        if (approvePlan)
        {
            throw new BrainException(
                choice == BrainChoice.Repair ? "the repair brain makes no plan, but the task wants its plan approved; submit without approval of the plan, or with the brain model"
                : byName.ContainsKey("model") ? "CODEX_BRAIN of this worker is repair, which makes no plan, but the task wants its plan approved; submit with the brain model, or without approval of the plan"
                : "no model is configured on this worker, but the task wants its plan approved; submit without approval of the plan, or configure a model");
        }

        // Somebody who names a model must not get the work of another brain without noticing.
        throw new BrainException(
            choice == BrainChoice.Repair ? $"the repair brain asks no model, but the task names the model \"{model}\"; submit without the model, or with the brain model"
            : byName.ContainsKey("model") ? $"CODEX_BRAIN of this worker is repair, but the task names the model \"{model}\"; submit with the brain model, or without the model"
            : $"no model is configured on this worker, but the task names the model \"{model}\"; submit without the model, or configure it");
    }

    /// <summary>The brain that answers questions: only one that asks a model can, whatever this worker prefers for changes.</summary>
    /// <exception cref="BrainException">No model is configured, or not the one that is named.</exception>
    public IBrain SelectForQuestion(string? model)
    {
        var brain = byName.GetValueOrDefault("model")
            ?? throw new BrainException("no model is configured on this worker, and the repair brain answers no questions; set CODEX_MODEL_URL and CODEX_MODEL, OPENAI_API_KEY or ANTHROPIC_API_KEY");
        RequireKnown(model, brain);
        return brain;
    }

    /// <summary>The brain of a review. Without one that asks a model only the tests are run: the repair brain stands for that.</summary>
    /// <param name="choice">What the task asks for.</param>
    /// <param name="model">The model that it names.</param>
    /// <param name="reads">Whether the brain reads the change.</param>
    /// <exception cref="BrainException">A model is asked for that is not configured.</exception>
    public IBrain SelectForReview(BrainChoice choice, string? model, out bool reads)
    {
        reads = choice == BrainChoice.Model || model is not null || (choice != BrainChoice.Repair && preferred != "repair" && byName.ContainsKey("model"));
        if (!reads)
        {
            return byName["repair"];
        }

        var brain = byName.GetValueOrDefault("model")
            ?? throw new BrainException("no model is configured on this worker, but the review asks for one; submit it without, and the tests alone are run");
        RequireKnown(model, brain);
        return brain;
    }

    // Said before a sandbox is started for nothing.
    private void RequireKnown(string? model, IBrain brain)
    {
        if (brain.Name != "model" || models is null)
        {
            return;
        }

        try
        {
            models.Get(model);
        }
        catch (ModelException e)
        {
            throw new BrainException(e.Message, e);
        }
    }

    private IBrain Select(BrainChoice choice, bool besideRepair) => choice switch
    {
        BrainChoice.Repair => byName["repair"],
        BrainChoice.Model when besideRepair => byName.GetValueOrDefault("model")
            ?? throw new BrainException("no model is configured on this worker, so only the repair brain works on the task; configure a model, or submit with the brain repair"),
        BrainChoice.Model => byName.GetValueOrDefault("model") ?? throw new BrainException("no model is configured on this worker; submit with the brain auto or repair"),
        _ when preferred == "repair" => byName["repair"],
        _ => byName.GetValueOrDefault("model") ?? byName["repair"],
    };
}
