using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace CodexService.Integration.Tests.Stack;

/// <summary>
/// One of the service's built processes. Its temporary files go to a folder of their own, and everything that it starts
/// carries <see cref="Marker"/> in its environment, so that what it leaves behind can be found.
/// </summary>
internal sealed partial class HostProcess : IAsyncDisposable
{
    /// <summary>Environment variable that marks a process and its descendants.</summary>
    public const string Marker = "CODEX_TEST_STACK";

    private const int SigKill = 9;
    private const int SigTerm = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();
    private readonly List<(Func<string, bool> IsWanted, TaskCompletionSource<string> Found)> waiting = [];
    private readonly Task reading;

    private HostProcess(string name, Process process)
    {
        Name = name;
        this.process = process;
        reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    public string Name { get; }

    public int Id => process.Id;

    /// <summary>Everything that was written so far, stdout and stderr, as lines.</summary>
    public IReadOnlyList<string> Output => [.. lines];

    /// <summary>Starts the host whose project is <c>CodexService.<paramref name="name"/></c>.</summary>
    /// <param name="name">Project name without the prefix.</param>
    /// <param name="folder">Working directory; its temporary folder is made inside.</param>
    /// <param name="marker">Names the stack.</param>
    /// <param name="settings">Environment variables.</param>
    /// <param name="arguments">Command line.</param>
    public static HostProcess Start(string name, string folder, string marker, IReadOnlyDictionary<string, string> settings, params string[] arguments)
    {
        var temporary = Directory.CreateDirectory(Path.Combine(folder, "tmp"));
        var start = new ProcessStartInfo(DotNet, ["exec", Assembly(name), .. arguments])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var variable in start.Environment.Keys.Where(key => key.StartsWith("CODEX_", StringComparison.Ordinal) || key is "OPENAI_API_KEY" or "ANTHROPIC_API_KEY").ToArray())
        {
            start.Environment.Remove(variable);
        }

        start.Environment[Marker] = marker;
        start.Environment["TMPDIR"] = temporary.FullName;
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach (var (key, value) in settings)
        {
            start.Environment[key] = value;
        }

        return new HostProcess(name, Process.Start(start)!);
    }

    /// <summary>The first line, past or future, that is wanted.</summary>
    public async Task<string> LineAsync(Func<string, bool> isWanted)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (waiting)
        {
            if (lines.FirstOrDefault(isWanted) is { } past)
            {
                return past;
            }

            waiting.Add((isWanted, found));
        }

        await Task.WhenAny(found.Task, reading, Task.Delay(Patience, TimeProvider.System, CancellationToken.None));
        return found.Task.IsCompleted
            ? await found.Task
            : throw new InvalidOperationException($"the line did not come from {Name}, which wrote:\n{string.Join('\n', lines)}");
    }

    /// <summary>Where it listens, which it tells itself: a port that is looked for before may be somebody else's by then.</summary>
    public async Task<string> AddressAsync()
    {
        const string Telling = "Now listening on: ";
        var line = await LineAsync(said => said.Contains(Telling, StringComparison.Ordinal));
        return line[(line.IndexOf(Telling, StringComparison.Ordinal) + Telling.Length)..].Trim();
    }

    /// <summary>Waits for the end and returns the exit code.</summary>
    public async Task<int> ExitCodeAsync()
    {
        await process.WaitForExitAsync().WaitAsync(Patience);
        await reading.WaitAsync(Patience);
        return process.ExitCode;
    }

    /// <summary>SIGKILL to this process alone, as the kernel does when memory runs out.</summary>
    public async Task KillAsync()
    {
        _ = Kill(process.Id, SigKill);
        await ExitCodeAsync();
    }

    /// <summary>SIGKILL to a process of somebody else.</summary>
    public static void Kill(int processId) => Assert.Equal(0, Kill(processId, SigKill));

    /// <summary>SIGTERM, as a service manager does, and the exit code.</summary>
    public async Task<int> StopAsync()
    {
        _ = Kill(process.Id, SigTerm);
        return await ExitCodeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            _ = Kill(process.Id, SigTerm);
            try
            {
                await process.WaitForExitAsync().WaitAsync(Patience);
            }
            catch (TimeoutException timeout)
            {
                process.Kill(entireProcessTree: true);
                throw new InvalidOperationException($"{Name} did not stop within {Patience.TotalSeconds} s:\n{string.Join('\n', lines)}", timeout);
            }
        }

        process.Dispose();
    }

    private static string DotNet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";

    // <artifacts>/bin/<project>/<configuration>/, as the tests themselves.
    private static string Assembly(string name)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var path = Path.Combine(own.Parent!.Parent!.FullName, $"CodexService.{name}", own.Name, $"CodexService.{name}.dll");
        return File.Exists(path) ? path : throw new InvalidOperationException($"{path} is not built.");
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (waiting)
            {
                lines.Enqueue(line);
                foreach (var (_, found) in waiting.Where(one => one.IsWanted(line)).ToArray())
                {
                    found.TrySetResult(line);
                }
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
