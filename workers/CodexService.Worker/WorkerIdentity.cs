namespace CodexService.Worker;

/// <summary>Names this worker in leases and logs: machine, process, and a part that differs after a restart with the same id.</summary>
internal sealed class WorkerIdentity
{
    public string Name { get; } = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..4]}";
}
