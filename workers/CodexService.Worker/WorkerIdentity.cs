using System.Diagnostics;
using System.Globalization;

namespace CodexService.Worker;

/// <summary>Names this worker in leases and logs: machine, process, and a part that differs after a restart with the same id.</summary>
internal sealed class WorkerIdentity
{
    private static readonly string Run = Guid.NewGuid().ToString("N")[..4];
    private static int instances;

    public WorkerIdentity() => Name = Named(Environment.ProcessId, Interlocked.Increment(ref instances) is > 1 and var instance ? $"{Run}.{instance}" : Run);

    public string Name { get; }

    /// <summary>
    /// Whether a name is that of a worker on this machine whose process has ended, so that it is not coming back. In a container all
    /// processes have the same id; only one of them runs.
    /// </summary>
    public static bool IsOver(string name)
    {
        var machine = $"{Environment.MachineName}-";
        return name.StartsWith(machine, StringComparison.Ordinal)
            && name[machine.Length..].Split('-') is [var id, var run]
            && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var process)
            && (process == Environment.ProcessId ? run.Split('.')[0] != Run : !IsRunning(process));
    }

    internal static string Named(int process, string run) => string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}-{process}-{run}");

    private static bool IsRunning(int process)
    {
        try
        {
            using var running = Process.GetProcessById(process);
            return !running.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
