namespace CodexService.Sandbox;

/// <summary>One command line for bash.</summary>
/// <param name="CommandLine">Passed to bash as it is. Must not contain NUL.</param>
public sealed record SandboxCommand(string CommandLine)
{
    /// <summary>Absolute folder, or <see langword="null"/> for <see cref="ISandbox.Workspace"/>.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Wall clock after which the whole process group is killed. Default: <see cref="SandboxLimits.CommandTimeout"/>.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Limit for stdout and stderr together. Default: <see cref="SandboxLimits.OutputBytes"/>.</summary>
    public long? OutputBytes { get; init; }

    /// <summary>Extra environment variables.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What the command reads on standard input. Default: nothing (end of file at once).</summary>
    public Stream? StandardInput { get; init; }

    /// <summary>What people know it by, where its own line is wrapped in another. Default: <see langword="null"/>.</summary>
    public string? Label { get; init; }

    /// <summary>Called in order with each chunk of stdout as it arrives; the chunk is valid during the call only.</summary>
    public Action<ReadOnlyMemory<byte>>? OnStandardOutput { get; init; }
}

/// <summary>Why a command was stopped before it ended by itself.</summary>
public enum CommandStop
{
    /// <summary>It ended by itself.</summary>
    None,

    /// <summary>It ran past its timeout.</summary>
    TimedOut,

    /// <summary>It wrote more than its output limit.</summary>
    OutputLimit,

    /// <summary>The kernel killed it, or part of it, because the memory limit was reached.</summary>
    OutOfMemory,
}

/// <summary>What one command did.</summary>
/// <param name="ExitCode">The shell's exit code (128 + signal when a signal ended it).</param>
/// <param name="StandardOutput">Exact bytes, up to the limit.</param>
/// <param name="StandardError">Exact bytes, up to the limit.</param>
/// <param name="Duration">Wall clock inside the sandbox.</param>
/// <param name="Stopped">Whether a limit ended it.</param>
/// <param name="Error">One clear line when a limit was hit (which, how much, which option raises it); else <see langword="null"/>.</param>
public sealed record CommandResult(
    int ExitCode,
    ReadOnlyMemory<byte> StandardOutput,
    ReadOnlyMemory<byte> StandardError,
    TimeSpan Duration,
    CommandStop Stopped = CommandStop.None,
    string? Error = null)
{
    /// <summary>What it tried to reach. Default: <see cref="NetworkAttempts.NotRecorded"/>.</summary>
    public NetworkAttempts Network { get; init; } = NetworkAttempts.NotRecorded;

    /// <summary>Exit code 0 and not stopped by a limit.</summary>
    public bool Succeeded => ExitCode == 0 && Stopped == CommandStop.None;

    /// <summary><see cref="StandardOutput"/> as UTF-8, invalid bytes replaced.</summary>
    public string StandardOutputText => System.Text.Encoding.UTF8.GetString(StandardOutput.Span);

    /// <summary><see cref="StandardError"/> as UTF-8, invalid bytes replaced.</summary>
    public string StandardErrorText => System.Text.Encoding.UTF8.GetString(StandardError.Span);
}
