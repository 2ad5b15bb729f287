using System.Collections.Concurrent;
using System.Diagnostics;

namespace CodexService.Testing;

/// <summary>
/// A RabbitMQ node with ports, name, cookie and folders of its own, which runs as the user of the tests. A small shell
/// holds it and ends it, with its port mapper and its folder, when this process closes the pipe or dies.
/// </summary>
internal sealed class RabbitMqServer : IAsyncDisposable
{
    private const string Supervisor =
        """
        trap '' INT TERM HUP
        folder=$1; epmd_port=$2; shift 2
        exec 3<&0
        setsid "$@" </dev/null 3<&- &
        server=$!
        (
          exec >/dev/null 2>&1
          read -r _ <&3
          kill -KILL -$server
        ) &
        watcher=$!
        exec 3<&-
        wait $server
        kill -KILL $watcher 2>/dev/null
        epmd -port $epmd_port -kill >/dev/null 2>&1
        [ -e "$folder/keep" ] || rm -rf "$folder"
        exit 0
        """;

    private const int PortTries = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly string folder;
    private readonly string program;
    private readonly int port = KeptPort.Find();
    private readonly int epmdPort = KeptPort.Find();
    private readonly int distributionPort = KeptPort.Find();
    private readonly ConcurrentQueue<string> lastLines = new();
    private Process? supervisor;
    private Task output = Task.CompletedTask;

    private RabbitMqServer(string folder, string program)
    {
        this.folder = folder;
        this.program = program;
    }

    public Uri Address => new($"amqp://guest:guest@127.0.0.1:{port}/");

    /// <summary>Starts one in a folder of its own.</summary>
    public static async Task<RabbitMqServer> StartAsync(string folder)
    {
        for (var tries = 1; ; tries++)
        {
            var server = new RabbitMqServer(folder, FindProgram());
            await server.WriteSettingsAsync();
            try
            {
                await server.StartAgainAsync();
                return server;
            }
            catch (InvalidOperationException) when (tries < PortTries)
            {
                // It has ended, and its folder with it. One of its ports, free a moment ago, may be somebody else's by now.
            }
        }
    }

    public async Task StartAgainAsync()
    {
        File.Delete(Path.Combine(folder, "keep"));
        var start = new ProcessStartInfo("setsid", ["/bin/sh", "-c", Supervisor, "sh", folder, $"{epmdPort}", program])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Settings())
        {
            start.Environment[name] = value;
        }

        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        supervisor = Process.Start(start)!;
        output = Task.WhenAll(ReadAsync(supervisor.StandardOutput, ready), ReadAsync(supervisor.StandardError, ready));
        await Task.WhenAny(ready.Task, output).WaitAsync(Limit);
        if (!ready.Task.IsCompleted)
        {
            throw new InvalidOperationException($"RabbitMQ did not start: {string.Join(" | ", lastLines)}");
        }
    }

    /// <summary>
    /// Has the broker write what it registers lazily. RabbitMQ 3.10 keeps the names of new quorum queues in memory for some
    /// seconds; killed then, it recovers a queue that never elects a leader (rabbitmq/rabbitmq-server issue 10070).
    /// </summary>
    public Task FlushAsync() => ControlAsync("eval", "[dets:sync(Table) || Table <- dets:all()], mnesia:dump_log().");

    /// <summary>
    /// Has every quorum queue without a leader elect one, which RabbitMQ 3.10 now and then forgets after a restart (the
    /// same issue, and the remedy told there). A queue that has a leader keeps it.
    /// </summary>
    public Task ElectAsync() => ControlAsync(
        "eval", "[ra:trigger_election(amqqueue:get_pid(Q)) || Q <- rabbit_amqqueue:list(), amqqueue:get_type(Q) =:= rabbit_quorum_queue], ok.");

    /// <summary>Queues with their leaders, connections and the last lines of the log, for the message of a test that fails.</summary>
    public async Task<string> DescribeAsync() => string.Join(
        Environment.NewLine,
        [
            await ControlAsync("list_queues", "name", "state", "leader", "online", "messages", "consumers"),
            await ControlAsync("list_connections", "name", "state"),
            .. lastLines,
        ]);

    public async Task KillAsync(bool keep)
    {
        if (supervisor is null)
        {
            return;
        }

        if (keep)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "keep"), "");
        }

        supervisor.StandardInput.Close();
        await supervisor.WaitForExitAsync().WaitAsync(Limit);
        await output.WaitAsync(Limit);
        supervisor.Dispose();
        supervisor = null;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync(keep: false);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<string> ControlAsync(params string[] command)
    {
        var start = new ProcessStartInfo(Path.Combine(Path.GetDirectoryName(program)!, "rabbitmqctl"), ["--quiet", .. command])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Settings())
        {
            start.Environment[name] = value;
        }

        using var control = Process.Start(start)!;
        var said = await Task.WhenAll(control.StandardOutput.ReadToEndAsync(), control.StandardError.ReadToEndAsync()).WaitAsync(Limit);
        await control.WaitForExitAsync().WaitAsync(Limit);
        return control.ExitCode == 0
            ? said[0]
            : throw new InvalidOperationException($"rabbitmqctl {command[0]} failed: {string.Join(" | ", said)}");
    }

    private async Task WriteSettingsAsync()
    {
        Directory.CreateDirectory(Path.Combine(folder, "home"));
        await File.WriteAllTextAsync(Path.Combine(folder, "enabled_plugins"), "[].\n");
        await File.WriteAllTextAsync(
            Path.Combine(folder, "rabbitmq.conf"),
            $"""
            listeners.tcp.local = 127.0.0.1:{port}
            log.file = false
            log.console = true
            disk_free_limit.absolute = 1MB

            """);
    }

    private IEnumerable<(string Name, string Value)> Settings() =>
    [
        ("HOME", Path.Combine(folder, "home")),
        ("RABBITMQ_NODENAME", $"codex-test-{port}@localhost"),
        ("RABBITMQ_MNESIA_BASE", Path.Combine(folder, "data")),
        ("RABBITMQ_LOG_BASE", Path.Combine(folder, "log")),
        ("RABBITMQ_GENERATED_CONFIG_DIR", Path.Combine(folder, "generated")),
        ("RABBITMQ_FEATURE_FLAGS_FILE", Path.Combine(folder, "feature_flags")),
        ("RABBITMQ_PID_FILE", Path.Combine(folder, "pid")),
        ("RABBITMQ_CONFIG_FILE", Path.Combine(folder, "rabbitmq.conf")),
        ("RABBITMQ_ADVANCED_CONFIG_FILE", Path.Combine(folder, "advanced.config")),
        ("RABBITMQ_CONF_ENV_FILE", "/dev/null"),
        ("RABBITMQ_ENABLED_PLUGINS_FILE", Path.Combine(folder, "enabled_plugins")),
        ("RABBITMQ_DIST_PORT", $"{distributionPort}"),
        ("ERL_EPMD_PORT", $"{epmdPort}"),
        ("ERL_EPMD_ADDRESS", "127.0.0.1"),

        // The port mapper may be ended although it still believes in the node that was killed a moment ago.
        ("ERL_EPMD_RELAXED_COMMAND_CHECK", "1"),
    ];

    private async Task ReadAsync(StreamReader reader, TaskCompletionSource ready)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lastLines.Enqueue(line);
            if (lastLines.Count > 20)
            {
                lastLines.TryDequeue(out _);
            }

            if (line.Contains("Server startup complete", StringComparison.Ordinal))
            {
                ready.TrySetResult();
            }
        }
    }

    // Debian's program on PATH insists on its own user and folders; the one below it does not.
    private static string FindProgram() =>
        new[] { "/usr/lib/rabbitmq/bin", "/opt/homebrew/opt/rabbitmq/sbin", "/usr/local/opt/rabbitmq/sbin" }
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            .Select(folder => Path.Combine(folder, "rabbitmq-server"))
            .FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("RabbitMQ is not installed: run ./codex test, which sets it up.");
}
