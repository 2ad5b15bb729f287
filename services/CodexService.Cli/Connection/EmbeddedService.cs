using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace CodexService.Cli.Connection;

/// <summary>The service as a child process, for as long as a command needs it. It ends with its input, so also when this process dies.</summary>
internal sealed class EmbeddedService : IAsyncDisposable
{
    private const string ReadyPrefix = "Codex service is ready at ";
    /// <summary>What the line begins with in which the service says why it ended.</summary>
    public const string ErrorPrefix = "codex-service: ";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(1);

    private readonly Process process;
    private readonly TaskCompletionSource<string?> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task reading;
    private readonly Action<string> onOutput;
    private readonly Action<string> onError;
    private string? lastError;
    private int disposed;

    private EmbeddedService(Process process, Action<string> onOutput, Action<string> onError)
    {
        this.process = process;
        this.onOutput = onOutput;
        this.onError = onError;
        reading = Task.WhenAll(ReadOutputAsync(), ReadErrorsAsync());
        Exited = ExitAsync();
    }

    /// <summary>Base address of the running service.</summary>
    public string Url { get; private set; } = string.Empty;

    /// <summary>Completes with the exit code when the service has ended.</summary>
    public Task<int> Exited { get; }

    /// <summary>What the service said last on stderr, without its prefix.</summary>
    public string? LastError => lastError;

    /// <summary>Starts the service and waits until it is ready.</summary>
    /// <param name="environment">The surroundings.</param>
    /// <param name="port">Port on loopback, 0 for a free one; null for what is set.</param>
    /// <param name="onOutput">Gets each line of the service's stdout.</param>
    /// <param name="onError">Gets each line of the service's stderr.</param>
    /// <param name="cancellationToken">Gives up; the service is stopped.</param>
    /// <exception cref="CliException">It did not start; the message is the service's own.</exception>
    public static async Task<EmbeddedService> StartAsync(
        CliEnvironment environment, int? port, Action<string> onOutput, Action<string> onError, CancellationToken cancellationToken)
    {
        var start = Launch.Describe(environment, ["--StopWhenInputCloses=true"]);
        if (port is not null)
        {
            start.Environment["CODEX_PORT"] = port.Value.ToString(CultureInfo.InvariantCulture);
            start.Environment.Remove("ASPNETCORE_URLS");
        }

        var service = new EmbeddedService(Run(start), onOutput, onError);
        try
        {
            service.Url = await service.ready.Task.WaitAsync(StartLimit, environment.Time, cancellationToken)
                ?? throw new CliException(service.lastError ?? $"The service ended while it started (exit code {await service.Exited}).");
            return service;
        }
        catch (TimeoutException problem)
        {
            await service.DisposeAsync();
            throw new CliException($"The service was not ready within {StartLimit.TotalMinutes:0} minutes and was stopped. Its last words: {service.lastError ?? "none"}", problem);
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether nobody listens on a port of loopback.</summary>
    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Stops the service and waits for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 1)
        {
            return;
        }

        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended already.
        }

        try
        {
            await Exited.WaitAsync(StopLimit);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static Process Run(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception problem)
        {
            throw new CliException($"Cannot start the service with {start.FileName}: {problem.Message}.", problem);
        }
    }

    private async Task<int> ExitAsync()
    {
        await reading;
        await process.WaitForExitAsync();
        ready.TrySetResult(null);
        return process.ExitCode;
    }

    private async Task ReadOutputAsync()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            onOutput(line);
            if (line.StartsWith(ReadyPrefix, StringComparison.Ordinal))
            {
                ready.TrySetResult(line[ReadyPrefix.Length..].Trim());
            }
        }
    }

    private async Task ReadErrorsAsync()
    {
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            if (line.Length > 0)
            {
                lastError = line.StartsWith(ErrorPrefix, StringComparison.Ordinal) ? line[ErrorPrefix.Length..] : line;
                onError(line);
            }
        }
    }
}
