using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Options;

namespace CodexService.Repositories.Git;

/// <summary>
/// Runs git: no prompts, no hooks, no helper programs, a clean environment, a timeout and an output limit for every
/// call, and no process left behind. Thread-safe.
/// </summary>
internal sealed class GitRunner(IOptions<RepositoryOptions> options, TimeProvider time)
{
    private const int MaxErrorBytes = 64 * 1024;

    /// <summary>What of our own environment git may see: where it is, whose keys it may use, and how it reaches the network.</summary>
    private static readonly string[] Inherited =
    [
        "PATH", "HOME", "SSH_AUTH_SOCK", "XDG_RUNTIME_DIR", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR",
        "http_proxy", "https_proxy", "no_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY",
    ];

    /// <summary>These win over whatever a repository's own configuration says.</summary>
    private static readonly string[] SafeSettings =
        ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "protocol.ext.allow=never"];

    private readonly Lazy<string> _configuration = new(() => GitConfigurationFile.Write(options.Value));
    private Version? _version;

    /// <summary>Runs one command and returns whatever it did.</summary>
    /// <exception cref="RepositoryException">git is not installed, or ran past its timeout.</exception>
    public async Task<GitResult> RunAsync(GitCommand command, CancellationToken cancellationToken)
    {
        using var process = Start(command);
        using var deadline = new CancellationTokenSource(command.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            var input = FeedAsync(process, command.Input, either.Token);
            var error = ReadErrorAsync(process.StandardError.BaseStream, either.Token);
            var collected = command.Output is null ? new MemoryStream() : null;
            var (bytes, truncated) = await CopyAsync(process.StandardOutput.BaseStream, command.Output ?? collected!, command.MaxOutputBytes, either.Token);
            if (truncated)
            {
                process.Kill(entireProcessTree: true);
            }

            await process.WaitForExitAsync(either.Token);
            await input;
            var output = collected is null ? default : collected.GetBuffer().AsMemory(0, (int)collected.Length);
            return new GitResult(process.ExitCode, output, bytes, truncated, await error);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new RepositoryException(
                RepositoryErrorKind.Unreachable,
                $"git {command.Arguments[0]} did not end within {command.Timeout.TotalSeconds:0.#} s and was stopped; check the network, or raise the timeout in the section {RepositoryOptions.Section}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>Runs one command that has to succeed.</summary>
    /// <exception cref="RepositoryException">It failed; the message carries git's own line.</exception>
    public async Task<GitResult> RunCheckedAsync(GitCommand command, CancellationToken cancellationToken)
    {
        var result = await RunAsync(command, cancellationToken);
        return result.Succeeded
            ? result
            : throw new RepositoryException(RepositoryErrorKind.GitFailed, $"git {command.Arguments[0]} failed: {result.ErrorLine}");
    }

    /// <summary>The installed git's version; asked once.</summary>
    public async Task<Version> GetVersionAsync(CancellationToken cancellationToken)
    {
        if (_version is null)
        {
            // Two callers may both ask; the answer is the same.
            var text = (await RunCheckedAsync(new GitCommand("version"), cancellationToken)).Text;
            var numbers = text.Split(' ', StringSplitOptions.TrimEntries).ElementAtOrDefault(2)?.Split('.') ?? [];
            _version = numbers.Length >= 2 && Version.TryParse($"{numbers[0]}.{numbers[1]}", out var version) ? version : new Version(0, 0);
        }

        return _version;
    }

    private Process Start(GitCommand command)
    {
        var start = new ProcessStartInfo("git")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = command.GitDirectory ?? "/",
        };
        foreach (var argument in SafeSettings)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var argument in command.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var name in Inherited)
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            {
                start.Environment[name] = value;
            }
        }

        start.Environment["LC_ALL"] = "C";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_ASKPASS"] = "true";
        start.Environment["SSH_ASKPASS"] = "true";
        start.Environment["GIT_SSH_COMMAND"] = "ssh -oBatchMode=yes -oConnectTimeout=15";
        start.Environment["GIT_ALLOW_PROTOCOL"] = "file:git:http:https:ssh";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_ATTR_NOSYSTEM"] = "1";
        start.Environment["GIT_CONFIG_GLOBAL"] = _configuration.Value;
        if (command.GitDirectory is { } directory)
        {
            start.Environment["GIT_DIR"] = directory;
        }

        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException("git did not start");
        }
        catch (Win32Exception e)
        {
            throw new RepositoryException(RepositoryErrorKind.GitFailed, $"git cannot be started: {e.Message}; install git and make sure it is on the PATH", e);
        }
    }

    private static async Task FeedAsync(Process process, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        try
        {
            if (!input.IsEmpty)
            {
                await process.StandardInput.BaseStream.WriteAsync(input, cancellationToken);
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // git ended before it read everything; its exit code and stderr say why.
        }
    }

    private static async Task<(long Bytes, bool Truncated)> CopyAsync(Stream from, Stream to, long limit, CancellationToken cancellationToken)
    {
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(256 * 1024);
        try
        {
            long total = 0;
            int count;
            while ((count = await from.ReadAsync(buffer, cancellationToken)) > 0)
            {
                var keep = (int)Math.Min(count, limit - total);
                await to.WriteAsync(buffer.AsMemory(0, keep), cancellationToken);
                total += keep;
                if (keep < count)
                {
                    return (total, true);
                }
            }

            return (total, false);
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<string> ReadErrorAsync(Stream from, CancellationToken cancellationToken)
    {
        var kept = new MemoryStream();
        var buffer = new byte[8 * 1024];
        int count;
        while ((count = await from.ReadAsync(buffer, cancellationToken)) > 0)
        {
            kept.Write(buffer, 0, (int)Math.Min(count, Math.Max(0, MaxErrorBytes - kept.Length)));
        }

        return System.Text.Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
    }
}
