namespace CodexService.Sandbox;

/// <summary>
/// One isolated machine for one attempt: no network, no secrets, non-root, limited. Commands run one at a time;
/// concurrent calls queue. Disposing removes the sandbox and everything in it.
/// </summary>
public interface ISandbox : IAsyncDisposable
{
    /// <summary>The engine's id of the sandbox (a container id).</summary>
    string Id { get; }

    /// <summary>The absolute folder inside the sandbox that holds the repository.</summary>
    string Workspace { get; }

    /// <summary>The limits that are in force.</summary>
    SandboxLimits Limits { get; }

    /// <summary>
    /// What its commands have tried to reach so far, all of them together; still there after it was disposed.
    /// Default: <see cref="NetworkAttempts.NotRecorded"/>.
    /// </summary>
    NetworkAttempts Network => NetworkAttempts.NotRecorded;

    /// <summary>
    /// Runs one command with bash in the sandbox. A limit that the command hits is part of the result
    /// (<see cref="CommandResult.Stopped"/>), never an exception.
    /// </summary>
    /// <exception cref="SandboxException">The sandbox itself is gone or the engine failed.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up; the command's processes are killed.</exception>
    Task<CommandResult> RunAsync(SandboxCommand command, CancellationToken cancellationToken);

    /// <summary>Unpacks an uncompressed tar stream into <paramref name="directory"/> (created when missing).</summary>
    /// <exception cref="SandboxException">The archive did not unpack, for example because the disk limit was reached.</exception>
    Task UploadAsync(Stream tar, string directory, CancellationToken cancellationToken);
}
