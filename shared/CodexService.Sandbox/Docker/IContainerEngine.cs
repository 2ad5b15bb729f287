using System.Runtime.InteropServices;

namespace CodexService.Sandbox.Docker;

/// <summary>
/// The calls of a Docker-compatible engine that a sandbox needs, named and shaped as in the Engine API and in
/// Docker.DotNet, so that another client library is an adapter of a few lines. Everything throws
/// <see cref="SandboxException"/> with one line for people. Thread-safe.
/// </summary>
internal interface IContainerEngine : IDisposable
{
    Task PingAsync(CancellationToken cancellationToken);

    /// <returns><see langword="null"/> when the engine has no such image.</returns>
    Task<ImageInspectResponse?> InspectImageAsync(string name, CancellationToken cancellationToken);

    /// <returns>The new container's id.</returns>
    Task<string> CreateContainerAsync(string name, CreateContainerParameters parameters, CancellationToken cancellationToken);

    /// <summary>Attaches to stdin, stdout and stderr; works before the container is started.</summary>
    Task<IAttachedStreams> AttachContainerAsync(string id, CancellationToken cancellationToken);

    Task StartContainerAsync(string id, CancellationToken cancellationToken);

    /// <returns><see langword="null"/> when there is no such container.</returns>
    Task<ContainerInspectResponse?> InspectContainerAsync(string id, CancellationToken cancellationToken);

    /// <summary>Kills and removes the container with its anonymous volumes. No error when it is already gone.</summary>
    Task RemoveContainerAsync(string id, CancellationToken cancellationToken);

    /// <summary>Lists containers in any state that carry every one of the labels (<c>key</c> or <c>key=value</c>).</summary>
    Task<IReadOnlyList<ContainerListResponse>> ListContainersAsync(
        IReadOnlyList<string> labels, CancellationToken cancellationToken);
}

/// <summary>A container's three standard streams over one connection. One reader and one writer at a time.</summary>
internal interface IAttachedStreams : IDisposable
{
    /// <summary>Reads the next bytes of either output. A count of 0 means that the container closed them.</summary>
    ValueTask<AttachedRead> ReadOutputAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Writes to the container's stdin.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);
}

internal enum AttachedTarget : byte
{
    StandardOut = 1,
    StandardError = 2,
}

[StructLayout(LayoutKind.Auto)]
internal readonly record struct AttachedRead(AttachedTarget Target, int Count);
