using System.Collections.Concurrent;
using System.Diagnostics;
using CodexService.PrivatePostgres.Cluster;
using CodexService.PrivatePostgres.Discovery;
using Microsoft.Extensions.Logging;

namespace CodexService.PrivatePostgres.Running;

/// <summary>
/// One running server below a small shell that watches the owner: the shell holds the read end of a pipe whose only
/// writer is this process, so that when this process stops, crashes or is killed, the pipe closes and the server is shut down.
/// A parent-death signal would not do: it fires when the thread that started the child ends, and threads of a pool do end.
/// </summary>
internal sealed partial class ServerProcess 
{
    // Ctrl+C in the owner's terminal reaches the whole process group: the server must outlive the owner's own shutdown.
    private const string Supervisor =
        """
        trap '' INT TERM HUP
        exec 3<&0
        "$@" </dev/null 3<&- &
        server=$!
        (
          exec >/dev/null 2>&1
          read -r _ <&3
          kill -INT $server
          i=0
          while kill -0 $server && [ $i -lt 80 ]; do sleep 0.1; i=$((i+1)); done
          kill -QUIT $server
        ) &
        watcher=$!
        exec 3<&-
        wait $server
        code=$?
        kill -KILL $watcher 2>/dev/null
        exit $code
        """;

    // The supervisor asks for a fast shutdown, and after 8 s for an immediate one.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);

    private readonly Process process;
    private readonly ILogger logger;
    private readonly ConcurrentQueue<string> lastLines = new();
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task reading;

    private ServerProcess(Process process, ILogger logger)
    {
        this.process = process;
        this.logger = logger;
        reading = Task.WhenAll(ReadAsync(process.StandardError), ReadAsync(process.StandardOutput));
        Exited = WaitForEndAsync();
    }

    /// <summary>Completes when the server has ended, for whatever reason.</summary>
    public Task Exited { get; }

    /// <summary>What the server said last, for messages about why it ended.</summary>
    public IEnumerable<string> LastLines => lastLines;

    public static ServerProcess Start(
        PostgresBinaries binaries, ServerFolder folder, ServerAccount account, int port, bool durable, ILogger logger)
    {
        var settings = ServerSettings.For(folder, port, durable).SelectMany(setting => new[] { "-c", setting });
        List<string> command = [.. OwnSession(), .. account.Wrap(["/bin/sh", "-c", Supervisor, "sh", binaries.Program("postgres"), "-D", folder.Data, .. settings])];
        try
        {
            return new ServerProcess(Process.Start(Tool.Describe(command))!, logger);
        }
        catch (System.ComponentModel.Win32Exception problem)
        {
            throw new PrivatePostgresException($"Cannot run {command[0]}: {problem.Message}.", problem);
        }
    }

    /// <summary>Waits until the server accepts connections; false when it ended instead.</summary>
    public async Task<bool> WaitUntilReadyAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAny(ready.Task, Exited).WaitAsync(patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new PrivatePostgresException(
                $"PostgreSQL did not start within {patience.TotalSeconds:0} s. Its last words: {lastLines.LastOrDefault() ?? "none"}");
        }

        return ready.Task.IsCompletedSuccessfully;
    }

    /// <summary>Shuts the server down (fast: connections are ended, data is checkpointed); false when it still runs after the supervisor's own limit.</summary>
    public async Task<bool> StopAsync()
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The supervisor is gone already.
        }

        try
        {
            await process.WaitForExitAsync().WaitAsync(StopLimit);

            // The supervisor outlives the server, unless somebody killed it: then the server still holds the streams.
            await Exited.WaitAsync(TimeSpan.FromSeconds(1));
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static List<string> OwnSession()
    {
        if (ProgramPath.Find("setsid") is { } setsid)
        {
            return [setsid];
        }

        return ProgramPath.Find("perl") is { } perl ? [perl, "-MPOSIX", "-e", "POSIX::setsid(); exec @ARGV", "--"] : [];
    }

    private async Task WaitForEndAsync()
    {
        await reading;
        await process.WaitForExitAsync();
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            LogServer(logger, line);
            lastLines.Enqueue(line);
            if (lastLines.Count > 30)
            {
                lastLines.TryDequeue(out _);
            }

            if (line.Contains("database system is ready to accept connections", StringComparison.Ordinal))
            {
                ready.TrySetResult();
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Line}")]
    private static partial void LogServer(ILogger logger, string line);
}
