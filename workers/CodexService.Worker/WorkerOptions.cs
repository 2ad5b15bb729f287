using System.ComponentModel.DataAnnotations;

namespace CodexService.Worker;

/// <summary>Settings of a worker, section <c>Worker</c>.</summary>
public sealed class WorkerOptions
{
    internal const string Section = "Worker";

    /// <summary>Attempts that run at once. Default: half the processor cores, at least 1.</summary>
    [Range(1, 256, ErrorMessage = "Worker:Slots has to be from 1 to 256.")]
    public int Slots { get; set; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>How often a worker with a free slot looks for waiting attempts without having been told. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00", ErrorMessage = "Worker:PollInterval has to be from 0.1 s to 10 min.")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Largest patch in bytes. Default 10 MiB.</summary>
    [Range(1024, 256 << 20, ErrorMessage = "Worker:MaxPatchBytes has to be from 1 KiB to 256 MiB.")]
    public int MaxPatchBytes { get; set; } = 10 << 20;
}
