namespace CodexService.Tasks.Workers;

/// <summary>A worker and what it can do.</summary>
public sealed class WorkerRow
{
    /// <summary>Name of the worker, another one after each start.</summary>
    public required string Name { get; init; }

    /// <summary>Whether the brain <c>auto</c> is the repair brain there, whatever models it has.</summary>
    public bool PrefersRepair { get; init; }

    /// <summary>Names of its models, the default one first.</summary>
    public required string[] Models { get; init; }

    /// <summary>When it last said so, on the database's clock.</summary>
    public DateTimeOffset SeenAt { get; init; }
}
