namespace CodexService.Sandbox;

/// <summary>What a sandbox is made of.</summary>
/// <param name="Image">Image reference; must exist on the engine.</param>
/// <param name="Limits">Resource limits.</param>
/// <param name="Labels">Who the sandbox belongs to; used to find orphans.</param>
public sealed record SandboxSpec(string Image, SandboxLimits Limits, SandboxLabels Labels);

/// <summary>Labels on every container of this service.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="AttemptId">The attempt.</param>
/// <param name="Epoch">The attempt's epoch when the sandbox was made; an older epoch is an orphan.</param>
public sealed record SandboxLabels(Guid TaskId, Guid AttemptId, int Epoch);

/// <summary>Resource limits of one sandbox. Every value has a safe default.</summary>
public sealed record SandboxLimits
{
    /// <summary>Memory in bytes, including files in the sandbox's RAM-backed disk. Default 4 GiB. No swap on top.</summary>
    public long MemoryBytes { get; init; } = 4L << 30;

    /// <summary>CPU cores. Default 2.</summary>
    public double Cpus { get; init; } = 2;

    /// <summary>Processes and threads. Default 512.</summary>
    public int Pids { get; init; } = 512;

    /// <summary>Writable disk in bytes (workspace, home and temp together). Default 2 GiB.</summary>
    public long DiskBytes { get; init; } = 2L << 30;

    /// <summary>Bytes that one command may write to stdout and stderr together before it is stopped. Default 16 MiB.</summary>
    public long OutputBytes { get; init; } = 16L << 20;

    /// <summary>Wall clock of one command that sets no timeout of its own. Default 10 minutes.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Wall clock of the whole sandbox; afterwards it kills itself. Default 1 hour.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(1);
}
