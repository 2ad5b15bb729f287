using System.Globalization;

namespace CodexService.Sandbox.Docker;

/// <summary>What the engine is asked for: everything that isolates a sandbox stands here.</summary>
internal static class SandboxContainer
{
    public const string Workspace = "/workspace";

    private const string TaskLabel = "org.codexservice.task";
    private const string AttemptLabel = "org.codexservice.attempt";
    private const string EpochLabel = "org.codexservice.epoch";
    private const string InstanceLabel = "org.codexservice.instance";
    private const long CpuPeriod = 100_000;
    private const long ShmBytes = 16L << 20;

    public static CreateContainerParameters Describe(SandboxSpec spec, string? runtime, string instance)
    {
        var limits = spec.Limits;
        return new CreateContainerParameters
        {
            Image = spec.Image,
            Entrypoint = ["python3", "-I", "-S", "-c", Supervisor.SupervisorProgram.Source],
            Cmd = [limits.Lifetime.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)],
            Env = ["HOME=/home/codex", "LANG=C.UTF-8", "TERM=dumb"],
            Labels = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [InstanceLabel] = instance,
                [TaskLabel] = spec.Labels.TaskId.ToString("D"),
                [AttemptLabel] = spec.Labels.AttemptId.ToString("D"),
                [EpochLabel] = spec.Labels.Epoch.ToString(CultureInfo.InvariantCulture),
            },
            User = "1000:1000",
            Hostname = "sandbox",
            WorkingDir = Workspace,
            AttachStdin = true,
            AttachStdout = true,
            AttachStderr = true,
            OpenStdin = true,
            // The end of our connection is the end of the supervisor's stdin, and so of the container.
            StdinOnce = true,
            NetworkDisabled = true,
            Healthcheck = new HealthConfig(["NONE"]),
            HostConfig = new HostConfig
            {
                AutoRemove = true,
                Runtime = runtime,
                NetworkMode = "none",
                // Names are asked of the supervisor, which knows none and remembers what was asked; the host's domains are nobody's business.
                Dns = ["127.0.0.1"],
                DnsSearch = ["."],
                // In the sandbox's own namespace. Docker sets it by itself since 20.10, other engines do not.
                Sysctls = new Dictionary<string, string>(StringComparer.Ordinal) { ["net.ipv4.ip_unprivileged_port_start"] = "0" },
                IpcMode = "private",
                CapDrop = ["ALL"],
                SecurityOpt = ["no-new-privileges"],
                ReadonlyRootfs = true,
                Tmpfs = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    [Workspace] = Tmpfs(WorkspaceBytes(limits), "0755"),
                    ["/home/codex"] = Tmpfs(limits.DiskBytes / 8, "0755"),
                    ["/tmp"] = Tmpfs(limits.DiskBytes / 8, "1777"),
                },
                ShmSize = ShmBytes,
                Memory = limits.MemoryBytes,
                MemorySwap = limits.MemoryBytes,
                // Not NanoCpus: the engine refuses more of those than the machine has, and the default must work anywhere.
                CpuPeriod = CpuPeriod,
                CpuQuota = (long)(limits.Cpus * CpuPeriod),
                PidsLimit = limits.Pids,
                // When the machine itself runs out of memory, a sandbox goes before the service does.
                OomScoreAdj = 500,
                Init = false,
                Ulimits = [new Ulimit("core", 0, 0), new Ulimit("nofile", 16384, 16384)],
                LogConfig = new LogConfig("none"),
            },
        };
    }

    /// <summary>A name that tells people which attempt a container belongs to.</summary>
    public static string NewName(SandboxLabels labels) => string.Create(
        CultureInfo.InvariantCulture, $"codex-{labels.AttemptId:N}-{labels.Epoch}-{Random.Shared.NextInt64(1L << 32):x8}");

    /// <summary>Three quarters of the disk; home and temp have an eighth each.</summary>
    public static long WorkspaceBytes(SandboxLimits limits) => limits.DiskBytes / 4 * 3;

    /// <summary>The labels that every sandbox of one instance of the service carries.</summary>
    public static IReadOnlyList<string> Filter(string instance) => [$"{InstanceLabel}={instance}", TaskLabel, AttemptLabel, EpochLabel];

    /// <returns><see langword="null"/> when the labels are not ours.</returns>
    public static SandboxLabels? ReadLabels(IReadOnlyDictionary<string, string>? labels) =>
        labels is not null
        && Guid.TryParse(labels.GetValueOrDefault(TaskLabel), out var task)
        && Guid.TryParse(labels.GetValueOrDefault(AttemptLabel), out var attempt)
        && int.TryParse(labels.GetValueOrDefault(EpochLabel), NumberStyles.Integer, CultureInfo.InvariantCulture, out var epoch)
            ? new SandboxLabels(task, attempt, epoch)
            : null;

    // An inode may cost kernel memory that belongs to no process, so their number is bounded like the bytes are:
    // one for each block of 4 KiB.
    private static string Tmpfs(long bytes, string mode) => string.Create(
        CultureInfo.InvariantCulture, $"rw,exec,nosuid,nodev,size={bytes},nr_inodes={Math.Max(1024, bytes / 4096)},mode={mode},uid=1000,gid=1000");
}
