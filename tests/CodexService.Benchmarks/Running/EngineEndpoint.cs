using CodexService.Sandbox.Docker;
using CodexService.Sandbox;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodexService.Benchmarks.Running;

/// <summary>The engine that the sandboxes run on.</summary>
internal static class EngineEndpoint
{
    public const string Image = "codex-service/sandbox:1";

    private static DockerEndpoint Endpoint { get; } = DockerEndpoint.Parse(Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } host ? host : DockerEndpoint.Default);

    /// <summary>Sandboxes of this process alone: nobody takes them for orphans.</summary>
    public static DockerSandboxFactory NewFactory() => new(
        new DockerEngine(Endpoint, TimeProvider.System),
        new SandboxOptions { Instance = $"benchmarks-{Environment.ProcessId}" },
        TimeProvider.System,
        NullLogger<DockerSandboxFactory>.Instance);

    public static Task<ISandbox> CreateAsync(DockerSandboxFactory factory, CancellationToken cancellationToken) => factory.CreateAsync(
        new SandboxSpec(Image, new SandboxLimits(), new SandboxLabels(Guid.NewGuid(), Guid.NewGuid(), 1)), cancellationToken);

    /// <summary>A client for the engine's own API, over a connection that stays open.</summary>
    public static HttpClient NewClient() => new(new SocketsHttpHandler
    {
        ConnectCallback = (_, cancellationToken) => Endpoint.ConnectAsync(cancellationToken),
        UseProxy = false,
        ActivityHeadersPropagator = null,
    })
    {
        BaseAddress = new Uri("http://docker"),
    };
}
