using System.Diagnostics;
using System.Runtime.InteropServices;
using CodexService.Sandbox;

namespace CodexService.Testing;

/// <summary>
/// A test double that runs commands as plain processes of this machine in a temporary folder. It isolates nothing and
/// limits only time and output, so it is for commands that the tests themselves wrote. What it shares with a real
/// sandbox: bash, one command at a time, process groups, exact bytes, and a workspace that vanishes on dispose.
/// </summary>
public sealed partial class LocalProcessSandbox : ISandbox
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("codex-local-sandbox-");
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>Creates the folder; <paramref name="limits"/> default to those of a real sandbox.</summary>
    public LocalProcessSandbox(SandboxLimits? limits = null)
    {
        Limits = limits ?? new SandboxLimits();
        Workspace = _root.CreateSubdirectory("workspace").FullName;
        _root.CreateSubdirectory("tmp");
        _root.CreateSubdirectory("home");
    }

    /// <inheritdoc/>
    public string Id => _root.Name;

    /// <inheritdoc/>
    public string Workspace { get; }

    /// <inheritdoc/>
    public SandboxLimits Limits { get; }

    /// <summary>Every command line that was run, in order.</summary>
    public IReadOnlyList<string> CommandLines => _commandLines;

    private readonly List<string> _commandLines = [];

    /// <inheritdoc/>
    public async Task<CommandResult> RunAsync(SandboxCommand command, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(!Directory.Exists(_root.FullName), this);
            _commandLines.Add(command.CommandLine);
            return await RunOneAsync(command, cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public async Task UploadAsync(Stream tar, string directory, CancellationToken cancellationToken)
    {
        var result = await RunAsync(
            new SandboxCommand("mkdir -p -- \"$TARGET\" && tar -x -p -C \"$TARGET\" -f -")
            {
                StandardInput = tar,
                WorkingDirectory = _root.FullName,
                Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["TARGET"] = directory },
            },
            cancellationToken);
        if (!result.Succeeded)
        {
            throw new SandboxException($"the archive did not unpack: {result.StandardErrorText.Trim()}");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Directory.Exists(_root.FullName))
        {
            AnyNameDeletion.Delete(_root);
        }

        return ValueTask.CompletedTask;
    }

    private async Task<CommandResult> RunOneAsync(SandboxCommand command, CancellationToken cancellationToken)
    {
        // setsid makes the command the leader of its own process group, so that one signal reaches everything it started.
        var start = new ProcessStartInfo("setsid")
        {
            WorkingDirectory = command.WorkingDirectory ?? Workspace,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("bash");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(command.CommandLine);
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        start.Environment["HOME"] = Path.Combine(_root.FullName, "home");
        start.Environment["TMPDIR"] = Path.Combine(_root.FullName, "tmp");
        start.Environment["LANG"] = "C.UTF-8";
        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        var clock = Stopwatch.StartNew();
        var timeout = command.Timeout ?? Limits.CommandTimeout;
        using var process = Process.Start(start) ?? throw new SandboxException("setsid did not start");
        using var deadline = new CancellationTokenSource(timeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        await using var kill = either.Token.UnsafeRegister(_ => KillAll(process), state: null);

        var budget = new OutputBudget(command.OutputBytes ?? Limits.OutputBytes, () => KillAll(process));
        var output = budget.ReadAsync(process.StandardOutput.BaseStream, command.OnStandardOutput);
        var error = budget.ReadAsync(process.StandardError.BaseStream, onChunk: null);
        try
        {
            await FeedAsync(process, command.StandardInput, cancellationToken);
        }
        catch
        {
            // The input's own source failed: the command would wait for the rest of it.
            KillAll(process);
            throw;
        }

        await process.WaitForExitAsync(CancellationToken.None);
        KillGroup(process.Id);
        var (standardOutput, standardError) = (await output, await error);
        cancellationToken.ThrowIfCancellationRequested();

        var stopped = budget.Exceeded ? CommandStop.OutputLimit : deadline.IsCancellationRequested ? CommandStop.TimedOut : CommandStop.None;
        return new CommandResult(process.ExitCode, standardOutput, standardError, clock.Elapsed, stopped, stopped switch
        {
            CommandStop.TimedOut => $"the command ran longer than {timeout.TotalSeconds:0.###} s and was stopped",
            CommandStop.OutputLimit => $"the command wrote more than {budget.Limit} bytes and was stopped",
            _ => null,
        });
    }

    private static async Task FeedAsync(Process process, Stream? input, CancellationToken cancellationToken)
    {
        try
        {
            if (input is not null)
            {
                await input.CopyToAsync(process.StandardInput.BaseStream, cancellationToken);
            }

            process.StandardInput.Close();
        }
        catch (IOException) when (input is not null)
        {
            // The command ended without reading all of its input; its exit code says whether that was an error.
        }
        catch (OperationCanceledException)
        {
            // The group is already being killed; the caller sees the cancellation after the process is gone.
        }
    }

    private static void KillGroup(int processId) => _ = Kill(-processId, SigKill);

    // A command that is stopped as soon as it started may not lead its group yet: there is no group then, only the process.
    // What it leaves in the group is killed when it has ended.
    private static void KillAll(Process process)
    {
        KillGroup(process.Id);
        process.Kill();
    }

    private const int SigKill = 9;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);

    /// <summary>Bytes that stdout and stderr may hold together.</summary>
    private sealed class OutputBudget(long limit, Action onExceeded)
    {
        private long _left = limit;

        public long Limit { get; } = limit;

        public bool Exceeded => Volatile.Read(ref _left) < 0;

        public async Task<ReadOnlyMemory<byte>> ReadAsync(Stream stream, Action<ReadOnlyMemory<byte>>? onChunk)
        {
            var kept = new MemoryStream();
            var buffer = new byte[64 * 1024];
            int count;
            while ((count = await stream.ReadAsync(buffer)) > 0)
            {
                var before = Interlocked.Add(ref _left, -count) + count;
                var keep = (int)Math.Clamp(before, 0, count);
                kept.Write(buffer, 0, keep);
                onChunk?.Invoke(buffer.AsMemory(0, keep));
                if (keep < count)
                {
                    onExceeded();
                }
            }

            return kept.ToArray();
        }
    }
}
