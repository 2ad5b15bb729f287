using System.Text.Json.Serialization;

namespace CodexService.Sandbox.Docker;

// The Engine API's own names; only the members that are used. See docs.docker.com/reference/api/engine.

internal sealed record CreateContainerParameters
{
    public required string Image { get; init; }

    public required IReadOnlyList<string> Entrypoint { get; init; }

    public required IReadOnlyList<string> Cmd { get; init; }

    public required IReadOnlyList<string> Env { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public required HostConfig HostConfig { get; init; }

    public string? User { get; init; }

    public string? Hostname { get; init; }

    public string? WorkingDir { get; init; }

    public bool AttachStdin { get; init; }

    public bool AttachStdout { get; init; }

    public bool AttachStderr { get; init; }

    public bool OpenStdin { get; init; }

    public bool StdinOnce { get; init; }

    public bool Tty { get; init; }

    public bool NetworkDisabled { get; init; }

    public HealthConfig? Healthcheck { get; init; }
}

internal sealed record HealthConfig(IReadOnlyList<string> Test);

internal sealed record HostConfig
{
    public bool AutoRemove { get; init; }

    public string? Runtime { get; init; }

    public required string NetworkMode { get; init; }

    public required IReadOnlyList<string> Dns { get; init; }

    public required IReadOnlyList<string> DnsSearch { get; init; }

    public required IReadOnlyDictionary<string, string> Sysctls { get; init; }

    public required IReadOnlyList<string> CapDrop { get; init; }

    public required IReadOnlyList<string> SecurityOpt { get; init; }

    public bool ReadonlyRootfs { get; init; }

    public required IReadOnlyDictionary<string, string> Tmpfs { get; init; }

    public long ShmSize { get; init; }

    public long Memory { get; init; }

    public long MemorySwap { get; init; }

    public long CpuPeriod { get; init; }

    public long CpuQuota { get; init; }

    public long PidsLimit { get; init; }

    public int OomScoreAdj { get; init; }

    public bool Init { get; init; }

    public required string IpcMode { get; init; }

    public required IReadOnlyList<Ulimit> Ulimits { get; init; }

    public required LogConfig LogConfig { get; init; }
}

internal sealed record Ulimit(string Name, long Soft, long Hard);

internal sealed record LogConfig(string Type);

internal sealed record CreateContainerResponse(string Id);

internal sealed record ContainerInspectResponse(string Id, ContainerState State);

internal sealed record ContainerState(string Status, bool Running, [property: JsonPropertyName("OOMKilled")] bool OomKilled, int ExitCode, string? Error);

internal sealed record ContainerListResponse(string Id, string State, IReadOnlyDictionary<string, string>? Labels);

internal sealed record ImageInspectResponse(string Id, ImageConfig? Config);

internal sealed record ImageConfig(IReadOnlyDictionary<string, object>? Volumes);

internal sealed record ErrorResponse([property: JsonPropertyName("message")] string? Message);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CreateContainerParameters))]
[JsonSerializable(typeof(CreateContainerResponse))]
[JsonSerializable(typeof(ContainerInspectResponse))]
[JsonSerializable(typeof(IReadOnlyList<ContainerListResponse>))]
[JsonSerializable(typeof(ImageInspectResponse))]
[JsonSerializable(typeof(ErrorResponse))]
[JsonSerializable(typeof(Dictionary<string, IReadOnlyList<string>>))]
internal sealed partial class DockerJson : JsonSerializerContext;
