using System.Diagnostics;
using CodexService.Sandbox.Supervisor;
using Microsoft.Extensions.Logging;

namespace CodexService.Sandbox.Docker;

/// <summary>A running container that is spoken to through its supervisor.</summary>
internal sealed partial class DockerSandbox(
    string id, SandboxLimits limits, SupervisorConnection connection, IContainerEngine engine, TimeProvider time, ILogger logger) : ISandbox
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();
    private string? _ended;
    private uint _commands;
    private volatile NetworkAttempts _network = connection.Recordable;
    private Task? _removal;

    public string Id => id;

    public string Workspace => SandboxContainer.Workspace;

    public SandboxLimits Limits => limits;

    public NetworkAttempts Network => _network;

    public async Task<CommandResult> RunAsync(SandboxCommand command, CancellationToken cancellationToken)
    {
        var script = BashScript.Compose(command, Workspace);
        var timeout = Positive(command.Timeout ?? limits.CommandTimeout, command);
        var outputBytes = command.OutputBytes ?? limits.OutputBytes;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // The turn may come at the moment at which the caller gives up.
            cancellationToken.ThrowIfCancellationRequested();
            if (_ended is not null)
            {
                throw new SandboxException(_ended);
            }

            return await RunInTurnAsync(command, script, timeout, outputBytes, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task UploadAsync(Stream tar, string directory, CancellationToken cancellationToken)
    {
        if (!directory.StartsWith('/'))
        {
            throw new ArgumentException($"The folder '{directory}' is not absolute.", nameof(directory));
        }

        var folder = BashScript.Quote(directory);
        var result = await RunAsync(
            new SandboxCommand($"mkdir -p -- {folder} && exec tar --extract --file=- --preserve-permissions --blocking-factor=128 --directory={folder}")
            {
                StandardInput = tar,
                WorkingDirectory = "/",
                OutputBytes = 1 << 20,
            },
            cancellationToken);
        if (!result.Succeeded)
        {
            throw new SandboxException(UploadProblem(result, directory));
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await RemoveAsync("The sandbox was disposed.");
        }
        catch (SandboxException e)
        {
            // What was worked out in it stays true; the orphan sweep takes the container later.
            LogNotRemoved(logger, id, e.Message);
        }
    }

    private async Task<CommandResult> RunInTurnAsync(
        SandboxCommand command, byte[] script, TimeSpan timeout, long outputBytes, CancellationToken cancellationToken)
    {
        using var activity = SandboxTelemetry.Source.StartActivity("sandbox run");
        activity?.SetTag("container.id", id);
        using var execution = new CommandExecution(connection, ++_commands, command, timeout, outputBytes, time);
        try
        {
            var exit = await execution.RunAsync(script, cancellationToken);
            var result = CommandVerdict.Judge(exit, execution.Output, execution.Error, command, limits);
            activity?.SetTag("process.exit.code", result.ExitCode);
            activity?.SetTag("codex.command.stopped", result.Stopped);
            return result with { Network = execution.Network };
        }
        catch (Exception e) when (!execution.IsInStep)
        {
            activity?.SetStatus(ActivityStatusCode.Error, e.Message);
            throw await GiveUpAsync(e);
        }
        finally
        {
            // Also of a command that was cancelled. One at a time, so nothing is added in between.
            _network = _network.With(execution.Network);
        }
    }

    private static TimeSpan Positive(TimeSpan timeout, SandboxCommand command) =>
        timeout > TimeSpan.Zero && timeout.TotalMilliseconds < int.MaxValue
            ? timeout
            : throw new ArgumentOutOfRangeException(nameof(command), timeout, "A command's timeout lies between 1 ms and 24 days.");

    private string UploadProblem(CommandResult result, string directory)
    {
        if (result.Error is not null)
        {
            return $"The archive did not unpack into {directory}. {result.Error}";
        }

        var errors = result.StandardErrorText.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        // "Wrote only" is what tar says when the disk took a part of a record.
        if (errors.Any(line => line.Contains("No space left on device", StringComparison.Ordinal) || line.Contains(": Wrote only ", StringComparison.Ordinal)))
        {
            return $"The archive did not unpack into {directory}: the disk limit of {ByteSize.Format(limits.DiskBytes)} was reached"
                + $" ({ByteSize.Format(SandboxContainer.WorkspaceBytes(limits))} of it for {Workspace}; Sandbox:Disk raises it).";
        }

        return $"The archive did not unpack into {directory}: {(errors.Length > 0 ? errors[0] : $"tar ended with {result.ExitCode}")}";
    }

    /// <summary>A sandbox that failed once is never used again: what it says can no longer be told from what it should say.</summary>
    private async Task<SandboxException> GiveUpAsync(Exception cause)
    {
        var reason = _ended ?? (cause is SandboxException ? cause.Message : $"The sandbox was removed because its connection failed: {cause.Message}");
        if (_ended is null && connection.IsClosed && await ExplainAsync() is { } explanation)
        {
            reason = explanation;
        }

        try
        {
            await RemoveAsync(reason);
        }
        catch (SandboxException e)
        {
            LogNotRemoved(logger, id, e.Message);
        }

        return new SandboxException(_ended ?? reason, cause);
    }

    private async Task<string?> ExplainAsync()
    {
        try
        {
            // The engine removes the container within milliseconds of its end; often it can still be asked.
            var container = await engine.InspectContainerAsync(id, CancellationToken.None);
            return container?.State is { OomKilled: true, Running: false }
                ? $"The sandbox is gone: the kernel ended it because its memory limit of {ByteSize.Format(limits.MemoryBytes)} was reached (Sandbox:Memory raises it)."
                : null;
        }
        catch (SandboxException e)
        {
            return $"The sandbox is gone: {e.Message}";
        }
    }

    private Task RemoveAsync(string reason)
    {
        lock (_gate)
        {
            _ended ??= reason;
            return _removal ??= RemoveOnceAsync();
        }
    }

    private async Task RemoveOnceAsync()
    {
        using var activity = SandboxTelemetry.Source.StartActivity("sandbox remove", ActivityKind.Internal);
        activity?.SetTag("container.id", id);
        connection.Dispose();
        await engine.RemoveContainerAsync(id, CancellationToken.None);
        LogRemoved(logger, id);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Sandbox {ContainerId} removed")]
    private static partial void LogRemoved(ILogger logger, string containerId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sandbox {ContainerId} was not removed: {Reason}")]
    private static partial void LogNotRemoved(ILogger logger, string containerId, string reason);
}
