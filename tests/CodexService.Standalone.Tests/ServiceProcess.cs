using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using CodexService.Contracts.Local;

namespace CodexService.Standalone.Tests;

/// <summary>One start of the service on a data folder.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private const string Ready = "Codex service is ready at ";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly Process process;
    private readonly ConcurrentQueue<string> output = new();
    private readonly ConcurrentQueue<string> error = new();
    private readonly TaskCompletionSource<string> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private readonly List<(string Text, TaskCompletionSource Told)> awaited = [];
    private readonly Task reading;

    public ServiceProcess(DataFolder data, params (string Name, string Value)[] settings)
        : this(data, "--StopWhenInputCloses=true", settings)
    {
    }

    private ServiceProcess(DataFolder data, string argument, (string Name, string Value)[] settings)
    {
        var program = typeof(ServiceProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == "Program").Value!;
        var start = new ProcessStartInfo("dotnet", [program, argument])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(key => key.StartsWith("CODEX_", StringComparison.Ordinal) || key == "GITHUB_API_URL").ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment[DataFolder.Setting] = data.Root;
        start.Environment["CODEX_PORT"] = "0";
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        process = Process.Start(start)!;
        reading = Task.WhenAll(ReadAsync(process.StandardOutput, output), ReadAsync(process.StandardError, error));
    }

    /// <summary>The program for a piece of work that ends by itself.</summary>
    public static ServiceProcess Tool(DataFolder data, string name, params (string Name, string Value)[] settings) => new(data, name, settings);

    public int Pid => process.Id;

    public IReadOnlyList<string> Output => [.. output];

    public IReadOnlyList<string> Error => [.. error];

    /// <summary>The address, once the service is ready.</summary>
    public async Task<Uri> ReadyAsync()
    {
        await Task.WhenAny(ready.Task, reading).WaitAsync(Limit);
        Assert.True(ready.Task.IsCompletedSuccessfully, string.Join('\n', Error));
        return new Uri(await ready.Task);
    }

    /// <summary>Waits until a line that holds the text was written on stdout or stderr.</summary>
    public async Task ToldAsync(string text)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (output.Concat(error).Any(line => line.Contains(text, StringComparison.Ordinal)))
            {
                return;
            }

            awaited.Add((text, told));
        }

        await told.Task.WaitAsync(Limit);
    }

    /// <summary>Closes its input, as the command does that started it.</summary>
    public void CloseInput() => process.StandardInput.Close();

    public void Kill() => process.Kill();

    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        kill.WaitForExit();
    }

    public async Task<int> ExitCodeAsync(TimeSpan? limit = null)
    {
        await process.WaitForExitAsync().WaitAsync(limit ?? Limit);
        await reading.WaitAsync(Limit);
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        process.Dispose();
    }

    private void Tell(string line)
    {
        lock (gate)
        {
            foreach (var (_, told) in awaited.Where(one => line.Contains(one.Text, StringComparison.Ordinal)))
            {
                told.TrySetResult();
            }
        }
    }

    private async Task ReadAsync(StreamReader reader, ConcurrentQueue<string> lines)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lines.Enqueue(line);
            Tell(line);
            if (line.StartsWith(Ready, StringComparison.Ordinal))
            {
                ready.TrySetResult(line[Ready.Length..]);
            }
        }
    }
}
