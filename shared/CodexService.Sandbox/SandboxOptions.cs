namespace CodexService.Sandbox;

/// <summary>Settings of sandboxes: configuration section <c>Sandbox</c>. Sizes are written as <c>4GiB</c>, times as <c>00:10:00</c>.</summary>
public sealed class SandboxOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Sandbox";

    private static readonly SandboxLimits Defaults = new();

    /// <summary>The image that the launcher builds.</summary>
    public const string DefaultImage = "codex-service/sandbox:1";

    /// <summary>Image of every sandbox; needs python3, bash and tar. Default <c>codex-service/sandbox:1</c>.</summary>
    public string Image { get; set; } = DefaultImage;

    /// <summary>
    /// Image for repositories with a .NET solution or project at their root, used when the engine has it and
    /// <see cref="Image"/> is the default; empty for never. Default <c>codex-service/sandbox-dotnet:1</c>
    /// (<c>infra/sandbox-dotnet/build-image</c> makes it).
    /// </summary>
    public string DotnetImage { get; set; } = "codex-service/sandbox-dotnet:1";

    /// <summary>Container runtime, for example <c>runsc</c> for gVisor. Default: the engine's own (usually runc).</summary>
    public string? Runtime { get; set; }

    /// <summary>Memory of one sandbox, files included; no swap on top. Default 4 GiB.</summary>
    public ByteSize Memory { get; set; } = new(Defaults.MemoryBytes);

    /// <summary>CPU cores of one sandbox. Default 2.</summary>
    public double Cpus { get; set; } = Defaults.Cpus;

    /// <summary>Processes and threads of one sandbox. Default 512.</summary>
    public int Pids { get; set; } = Defaults.Pids;

    /// <summary>Writable disk of one sandbox, in memory: 3/4 workspace, 1/8 home, 1/8 /tmp. Default 2 GiB.</summary>
    public ByteSize Disk { get; set; } = new(Defaults.DiskBytes);

    /// <summary>Output of one command, stdout and stderr together. Default 16 MiB.</summary>
    public ByteSize OutputBytes { get; set; } = new(Defaults.OutputBytes);

    /// <summary>Wall clock of one command that sets none of its own. Default 10 minutes.</summary>
    public TimeSpan CommandTimeout { get; set; } = Defaults.CommandTimeout;

    /// <summary>Wall clock of one sandbox; afterwards it ends itself. Default 1 hour.</summary>
    public TimeSpan Lifetime { get; set; } = Defaults.Lifetime;

    /// <summary>
    /// The engine: <c>unix:///path</c> or <c>tcp://host:port</c>. Default: the environment's <c>DOCKER_HOST</c>, else
    /// <c>unix:///var/run/docker.sock</c>.
    /// </summary>
    public string? DockerHost { get; set; }

    /// <summary>
    /// Who owns the sandboxes on this engine. Orphans are removed within one instance, so services that share an engine
    /// but not a database need different names. Default <c>default</c>.
    /// </summary>
    public string Instance { get; set; } = "default";

    /// <summary>The limits as <see cref="SandboxSpec"/> takes them.</summary>
    public SandboxLimits ToLimits() => new()
    {
        MemoryBytes = Memory.Bytes,
        Cpus = Cpus,
        Pids = Pids,
        DiskBytes = Disk.Bytes,
        OutputBytes = OutputBytes.Bytes,
        CommandTimeout = CommandTimeout,
        Lifetime = Lifetime,
    };
}
