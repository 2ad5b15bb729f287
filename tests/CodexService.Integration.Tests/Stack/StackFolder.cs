using System.Text;

namespace CodexService.Integration.Tests.Stack;

/// <summary>
/// The place of one stack: folders for its processes, a marker for them, and an instance name for its sandboxes. On
/// disposal it fails when a process, a container or a temporary file is left.
/// </summary>
internal sealed class StackFolder : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("codex-stack-");
    private readonly List<HostProcess> processes = [];
    private readonly HashSet<string> killed = new(StringComparer.Ordinal);
    private int started;

    public StackFolder()
    {
        // The private PostgreSQL may run as another user, who has to get in.
        root.UnixFileMode = (UnixFileMode)0b111_001_001;
        Name = root.Name;
    }

    /// <summary>Names the sandboxes (<c>Sandbox:Instance</c>) and marks the processes.</summary>
    public string Name { get; }

    public string Path => root.FullName;

    /// <summary>Starts one of the service's processes with a working directory of its own.</summary>
    public HostProcess Start(string name, IReadOnlyDictionary<string, string> settings)
    {
        var folder = root.CreateSubdirectory($"{name}-{++started}").FullName;
        var all = new Dictionary<string, string>(settings, StringComparer.Ordinal);
        all.TryAdd("Sandbox__Instance", Name);
        all.TryAdd("CODEX_DATA", System.IO.Path.Combine(Path, "data"));
        var process = HostProcess.Start(name, folder, Name, all);
        processes.Add(process);
        return process;
    }

    /// <summary>SIGKILL; the temporary files of a killed process are forgiven, nothing else is.</summary>
    public async Task KillAsync(HostProcess process)
    {
        killed.Add($"{process.Name}-{processes.IndexOf(process) + 1}");
        await process.KillAsync();
    }

    /// <summary>Everything that the processes wrote, for a failing test.</summary>
    public string Output()
    {
        var text = new StringBuilder();
        foreach (var process in processes)
        {
            text.AppendLine($"--- {process.Name}").AppendJoin('\n', process.Output).AppendLine();
        }

        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
        {
            await process.DisposeAsync();
        }

        await Containers.WaitGoneAsync(Name);
        await WaitUntilNothingIsLeftAsync();
        root.Delete(recursive: true);
    }

    // What a host has told to end may still be ending when the host itself is gone.
    private async Task WaitUntilNothingIsLeftAsync()
    {
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        while (true)
        {
            List<string> left = [.. MarkedProcesses(), .. TemporaryFiles()];
            if (left.Count == 0)
            {
                return;
            }

            if (limit.IsCancellationRequested)
            {
                Assert.Fail($"{Name} left behind:\n{string.Join('\n', left)}\n{Output()}");
            }

            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
        }
    }

    private List<string> TemporaryFiles() =>
    [
        .. root.EnumerateDirectories("*-*")
            .Where(folder => !killed.Contains(folder.Name))
            .SelectMany(folder => Directory.EnumerateFileSystemEntries(System.IO.Path.Combine(folder.FullName, "tmp"))),
    ];

    private List<string> MarkedProcesses()
    {
        var left = new List<string>();
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(one => char.IsAsciiDigit(System.IO.Path.GetFileName(one)[0])))
        {
            try
            {
                if (File.ReadAllText($"{folder}/environ").Contains($"{HostProcess.Marker}={Name}\0", StringComparison.Ordinal))
                {
                    left.Add($"process {System.IO.Path.GetFileName(folder)}: {File.ReadAllText($"{folder}/cmdline").Replace('\0', ' ')}");
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended while it was looked at, or belongs to somebody else.
            }
        }

        return left;
    }
}
