using System.Diagnostics;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;

namespace CodexService.Benchmarks.Running;

/// <summary>A built host of the product as a process of its own, for as long as this object lives.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly Process process;
    private readonly TaskCompletionSource<Uri> address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> token = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task reading;
    private string lastError = "it said nothing";

    private ServiceProcess(Process process)
    {
        this.process = process;
        reading = Task.WhenAll(ReadOutputAsync(), ReadErrorsAsync());
    }

    /// <summary>Starts <paramref name="project"/> and waits until it answers. It has to make its first API token.</summary>
    public static async Task<ServiceProcess> StartAsync(
        string project, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        // artifacts/bin/<project>/<configuration>: beside this program's own folder.
        var own = AppContext.BaseDirectory.TrimEnd('/');
        var folder = Path.GetFullPath(Path.Combine(own, "..", "..", project, Path.GetFileName(own)));
        var start = new ProcessStartInfo(Dotnet(), [Path.Combine(folder, $"{project}.dll"), "--StopWhenInputCloses=true"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        start.Environment["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var service = new ServiceProcess(Process.Start(start)!);
        try
        {
            await Task.WhenAll(service.address.Task, service.token.Task).WaitAsync(StartLimit, TimeProvider.System, cancellationToken);
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client that is signed in; any number of connections.</summary>
    public HttpClient NewClient()
    {
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null })
        {
            BaseAddress = address.Task.Result,
            Timeout = TimeSpan.FromMinutes(2),
        };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Task.Result);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            // SIGTERM, as every service manager does; the host shuts down in good order.
            using var kill = Process.Start("kill", [process.Id.ToString()]);
            process.StandardInput.Close();
        }

        try
        {
            await process.WaitForExitAsync().WaitAsync(StopLimit, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
        }

        await reading;
        process.Dispose();
    }

    private static string Dotnet()
    {
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        return File.Exists(dotnet) ? dotnet : "dotnet";
    }

    private async Task ReadOutputAsync()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (After(line, "API token, shown only now") is { } rest)
            {
                token.TrySetResult(rest[(rest.LastIndexOf(' ') + 1)..]);
            }

            if ((After(line, "Codex service is ready at ") ?? After(line, "Now listening on: ")) is { } url)
            {
                address.TrySetResult(new Uri(url.Trim()));
            }
        }

        var ended = new InvalidOperationException($"the service ended: {lastError}");
        address.TrySetException(ended);
        token.TrySetException(ended);

        static string? After(string line, string prefix) =>
            line.IndexOf(prefix, StringComparison.Ordinal) is >= 0 and var at ? line[(at + prefix.Length)..] : null;
    }

    private async Task ReadErrorsAsync()
    {
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            if (line.Length > 0)
            {
                lastError = line;
            }
        }
    }
}
