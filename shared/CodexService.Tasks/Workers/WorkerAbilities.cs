namespace CodexService.Tasks.Workers;

/// <summary>What a worker can do, or several together.</summary>
/// <param name="PrefersRepair">Whether the brain <c>auto</c> is the repair brain, whatever models there are.</param>
/// <param name="Models">Names of the configured models, the default one first; empty for none.</param>
public sealed record WorkerAbilities(bool PrefersRepair, IReadOnlyList<string> Models)
{
    /// <summary>Whether a model is configured.</summary>
    public bool HasModel => Models.Count > 0;

    /// <summary>Whether tasks that name no brain are given to the repair brain.</summary>
    public bool AutoIsRepair => PrefersRepair || !HasModel;

    /// <summary>What several can do together: any of them may be given a task.</summary>
    internal static WorkerAbilities Of(IReadOnlyCollection<WorkerRow> workers)
    {
        // One that asks a model for auto can take such a task, so it is not refused for the sake of others.
        var asking = workers.Where(worker => !worker.PrefersRepair && worker.Models.Length > 0).ToList();
        return new WorkerAbilities(
            asking.Count == 0 && workers.Any(worker => worker.PrefersRepair),
            [.. asking.Concat(workers).SelectMany(worker => worker.Models).Distinct(StringComparer.OrdinalIgnoreCase)]);
    }
}
