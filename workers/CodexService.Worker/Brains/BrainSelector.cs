using CodexService.Agent;
using CodexService.Contracts.Api;
using CodexService.Tasks.Workers;

namespace CodexService.Worker.Brains;

/// <summary>Chooses the brain of an attempt among those that are registered.</summary>
/// <param name="brains">What this worker has.</param>
/// <param name="abilities">What it can do, as it tells others.</param>
internal sealed class BrainSelector(IEnumerable<IBrain> brains, WorkerAbilities abilities)
{
    private readonly Dictionary<string, IBrain> byName = brains.ToDictionary(brain => brain.Name, StringComparer.Ordinal);

    /// <summary>Whether a model is configured on this worker.</summary>
    public bool HasModel => byName.ContainsKey("model");

    /// <summary>The brain for what an attempt wants; <see cref="BrainChoice.Auto"/> is what the worker prefers.</summary>
    /// <exception cref="BrainException">The wanted brain or model is not configured, or cannot do what is wanted; said before a sandbox is started for nothing.</exception>
    public IBrain Select(BrainWish wish)
    {
        Refuse(BrainRules.WhyNot(wish, abilities));
        return wish.Kind switch
        {
            // Only one that asks a model can answer, whatever this worker prefers for changes.
            TaskKind.Ask => byName["model"],

            // Without one that asks a model only the tests are run: the repair brain stands for that.
            TaskKind.Review => byName[wish.Brain == BrainChoice.Model || wish.Models.Count > 0 || (wish.Brain != BrainChoice.Repair && !abilities.AutoIsRepair) ? "model" : "repair"],
            _ => byName[BrainRules.IsRepairAlone(wish, abilities) ? "repair" : "model"],
        };
    }

    /// <summary>Refuses a change that the repair brain can do nothing about.</summary>
    /// <param name="wish">What the attempt wants.</param>
    /// <param name="hasPython">Whether there are Python files at its base.</param>
    /// <param name="testCommand">Command that runs the tests.</param>
    /// <exception cref="BrainException">It needs a model.</exception>
    public void RequireRepairable(BrainWish wish, bool hasPython, string testCommand) =>
        Refuse(BrainRules.WhyNotRepairable(wish, abilities, hasPython, testCommand));

    private static void Refuse(BrainRefusal? refusal)
    {
        if (refusal is not null)
        {
            throw new BrainException(refusal.Line);
        }
    }
}
