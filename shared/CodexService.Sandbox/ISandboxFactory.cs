namespace CodexService.Sandbox;

/// <summary>Creates sandboxes on one container engine. Implementations are thread-safe.</summary>
public interface ISandboxFactory
{
    /// <summary>
    /// Creates and starts one isolated sandbox and returns when it accepts commands.
    /// </summary>
    /// <exception cref="SandboxException">The engine is not reachable, the image is missing, or the limits are refused.</exception>
    Task<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken);

    /// <summary>
    /// Throws when the engine cannot be used now; the message says what is wrong and what to do.
    /// </summary>
    /// <exception cref="SandboxException">The engine is not reachable or the image is missing.</exception>
    Task EnsureReadyAsync(string image, CancellationToken cancellationToken);

    /// <summary>
    /// Removes every sandbox of this service whose labels match no running attempt, and returns how many were removed.
    /// </summary>
    /// <param name="isAlive">Decides by the sandbox's labels; <see langword="false"/> removes the container.</param>
    /// <param name="cancellationToken">Stops the sweep between two containers.</param>
    Task<int> RemoveOrphansAsync(Func<SandboxLabels, bool> isAlive, CancellationToken cancellationToken);
}
