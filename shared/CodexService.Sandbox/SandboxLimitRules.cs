namespace CodexService.Sandbox;

/// <summary>Which limits make sense. A problem names the setting and the fix.</summary>
internal static class SandboxLimitRules
{
    private const long MinMemory = 64L << 20;
    private const long MinDisk = 8L << 20;
    private const long MaxOutput = 1L << 30;
    private static readonly TimeSpan MaxTime = TimeSpan.FromDays(20);

    public static string? FirstProblem(SandboxLimits limits) => Problems(limits).FirstOrDefault();

    public static IEnumerable<string> Problems(SandboxLimits limits)
    {
        if (limits.MemoryBytes < MinMemory)
        {
            yield return $"Sandbox:Memory is {ByteSize.Format(limits.MemoryBytes)}: set at least {ByteSize.Format(MinMemory)}.";
        }

        if (limits.DiskBytes < MinDisk)
        {
            yield return $"Sandbox:Disk is {ByteSize.Format(limits.DiskBytes)}: set at least {ByteSize.Format(MinDisk)}.";
        }

        // The disk lives in memory: a disk as big as the memory would let a full disk kill the sandbox.
        if (limits.MemoryBytes >= MinMemory && limits.DiskBytes > limits.MemoryBytes / 8 * 7)
        {
            yield return $"Sandbox:Disk ({ByteSize.Format(limits.DiskBytes)}) counts towards Sandbox:Memory ({ByteSize.Format(limits.MemoryBytes)}): set it to 7/8 of the memory or less.";
        }

        if (limits.Cpus is not (>= 0.01 and <= 4096))
        {
            yield return $"Sandbox:Cpus is {limits.Cpus}: set a number of cores from 0.01, for example 2.";
        }

        if (limits.Pids < 16)
        {
            yield return $"Sandbox:Pids is {limits.Pids}: set at least 16.";
        }

        if (limits.OutputBytes is < 1 or > MaxOutput)
        {
            yield return $"Sandbox:OutputBytes is {ByteSize.Format(limits.OutputBytes)}: set 1 byte to {ByteSize.Format(MaxOutput)}; it is held in the service's memory.";
        }

        if (limits.CommandTimeout <= TimeSpan.Zero || limits.CommandTimeout > MaxTime)
        {
            yield return $"Sandbox:CommandTimeout is {limits.CommandTimeout}: set a time above zero and up to {MaxTime.TotalDays:0} days, for example 00:10:00.";
        }

        if (limits.Lifetime <= TimeSpan.Zero || limits.Lifetime > MaxTime)
        {
            yield return $"Sandbox:Lifetime is {limits.Lifetime}: set a time above zero and up to {MaxTime.TotalDays:0} days, for example 01:00:00.";
        }
    }
}
