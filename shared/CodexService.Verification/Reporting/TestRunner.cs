using System.Buffers;
using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.Text;
using CodexService.Sandbox;

namespace CodexService.Verification.Reporting;

/// <summary>One recorded run of a test command.</summary>
/// <param name="Evidence">The command, its exit code and output.</param>
/// <param name="Report">Results per test, or <see langword="null"/> when the command reports none.</param>
/// <param name="Limit">One line when a limit ended the command; else <see langword="null"/>.</param>
public sealed record TestRun(EvidenceCommand Evidence, TestReport? Report, string? Limit)
{
    /// <summary>Whether the command ended by itself with exit code 0.</summary>
    public bool Succeeded => Evidence.ExitCode == 0 && Limit is null;
}

/// <summary>
/// Runs test commands in one sandbox with the per-test reporter around them. Commands of one runner run one after another.
/// </summary>
public sealed class TestRunner
{
    private const int Killed = 137;
    private const int MaxReportBytes = 64 << 20;
    private static readonly string[] ReporterFiles = ["codex_test_report.py", "codex_trx_report.py", "sitecustomize.py", "run_tests.sh"];
    private static readonly byte[] ReporterTar = PackReporter();

    private readonly ISandbox _sandbox;
    private readonly string _folder;
    private int _runs;

    private TestRunner(ISandbox sandbox, string folder) => (_sandbox, _folder) = (sandbox, folder);

    /// <summary>Brings the reporter into the sandbox, outside of the workspace.</summary>
    /// <exception cref="SandboxException">The sandbox failed.</exception>
    public static async Task<TestRunner> CreateAsync(ISandbox sandbox, CancellationToken cancellationToken)
    {
        var made = await sandbox.RunAsync(new SandboxCommand("mktemp -d \"${TMPDIR:-/tmp}/codex-tests-XXXXXX\""), cancellationToken);
        if (!made.Succeeded)
        {
            throw new SandboxException($"the test reporter could not be set up: {made.Error ?? SandboxScript.LastLine(made.StandardErrorText)}");
        }

        var folder = made.StandardOutputText.Trim();
        await sandbox.UploadAsync(new MemoryStream(ReporterTar, writable: false), folder, cancellationToken);
        return new TestRunner(sandbox, folder);
    }

    /// <summary>Runs <paramref name="command"/> and reads its report, which is there even when the command was stopped.</summary>
    /// <param name="phase">As in <see cref="EvidenceCommand.Phase"/>.</param>
    /// <param name="command">The command line.</param>
    /// <param name="folder">Folder relative to the workspace, or <see langword="null"/> for the workspace itself.</param>
    /// <param name="timeout">Wall clock.</param>
    /// <param name="stop">Ends the command as its timeout would: the run counts as stopped at a limit.</param>
    /// <param name="cancellationToken">Gives up and kills the command.</param>
    /// <exception cref="SandboxException">The sandbox failed.</exception>
    public async Task<TestRun> RunAsync(string phase, string command, string? folder, TimeSpan timeout, CancellationToken stop, CancellationToken cancellationToken)
    {
        var report = $"{_folder}/report-{(++_runs).ToString(CultureInfo.InvariantCulture)}.jsonl";
        var result = await RunAsync(
            new SandboxCommand($"exec bash {SandboxScript.Quote(_folder + "/run_tests.sh")} {SandboxScript.Quote(report)} {SandboxScript.Quote(command)}")
            {
                WorkingDirectory = folder is null ? null : $"{_sandbox.Workspace}/{folder}",
                Timeout = timeout,
            },
            stop,
            cancellationToken);
        return new TestRun(Record(phase, command, result), await ReadReportAsync(report, cancellationToken), LimitOf(result));
    }

    private async Task<CommandResult> RunAsync(SandboxCommand command, CancellationToken stop, CancellationToken cancellationToken)
    {
        if (!stop.CanBeCanceled)
        {
            return await _sandbox.RunAsync(command, cancellationToken);
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, cancellationToken);
        var output = new ArrayBufferWriter<byte>();
        var began = Stopwatch.GetTimestamp();
        try
        {
            return await _sandbox.RunAsync(command with { OnStandardOutput = chunk => output.Write(chunk.Span) }, either.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var took = Stopwatch.GetElapsedTime(began);
            return new CommandResult(
                Killed, output.WrittenMemory, default, took, CommandStop.TimedOut,
                $"the command still ran after {took.TotalSeconds:0.#} s, when it had long ended with the patch, and was stopped");
        }
    }

    internal static EvidenceCommand Record(string phase, string command, CommandResult result) =>
        new(phase, command, result.ExitCode, result.Duration, result.Stopped == CommandStop.TimedOut, EvidenceText.From(result));

    private static string? LimitOf(CommandResult result) =>
        result.Stopped == CommandStop.None ? null : result.Error ?? $"a limit ended the command ({result.Stopped})";

    private async Task<TestReport?> ReadReportAsync(string path, CancellationToken cancellationToken)
    {
        // The tests may have put anything there: only a plain file is read, and never more than the limit.
        var quoted = SandboxScript.Quote(path);
        var result = await _sandbox.RunAsync(
            new SandboxCommand($"[ -f {quoted} ] && ! [ -L {quoted} ] && head -c {MaxReportBytes + 1} {quoted}") { OutputBytes = MaxReportBytes + 4096 },
            cancellationToken);
        return result.Succeeded && result.StandardOutput.Length <= MaxReportBytes ? TestReport.TryParse(result.StandardOutput.Span) : null;
    }

    private static byte[] PackReporter()
    {
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var name in ReporterFiles)
            {
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
                {
                    DataStream = new MemoryStream(Encoding.UTF8.GetBytes(SandboxScript.Read($"Reporter/{name}"))),
                    Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
                });
            }
        }

        return tar.ToArray();
    }
}
