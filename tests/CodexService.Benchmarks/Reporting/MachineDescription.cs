using System.Runtime.InteropServices;

namespace CodexService.Benchmarks.Reporting;

/// <summary>The machine in words that name nobody's machine: cores, memory, kernel family, and how busy it is.</summary>
internal static class MachineDescription
{
    public static string Describe() =>
        $"{Environment.ProcessorCount} processor cores ({RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}), "
        + $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30):0} GiB of memory, {Kernel()}, .NET {Environment.Version.ToString(2)}";

    /// <summary>Processes that ran or waited to run during the last minute, the benchmark's own included; null where the system does not say.</summary>
    public static double? Load() =>
        File.Exists("/proc/loadavg") && double.TryParse(File.ReadAllText("/proc/loadavg").Split(' ')[0], out var load) ? load : null;

    private static string Kernel()
    {
        var version = Environment.OSVersion.Version;
        return $"{(OperatingSystem.IsLinux() ? "Linux" : OperatingSystem.IsMacOS() ? "Darwin" : "another kernel")} {version.Major}.{version.Minor}";
    }
}
