using System.Diagnostics;
using System.Text;

namespace CodexService.Launcher.Tests;

/// <summary>
/// The launcher's scripts copied into a folder of their own, with a PATH that holds stand-ins for Docker, .NET
/// and the C# CLI beside the few real tools that the scripts use. Nothing outside the folder is touched.
/// </summary>
internal sealed class LauncherCopy : IDisposable
{
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(5);

    // Everything that the scripts may call. A tool missing here makes a test fail: think whether every machine has it.
    private static readonly string[] Tools =
    [
        "awk", "basename", "bash", "cat", "chmod", "cksum", "cp", "cut", "date", "df", "dirname", "env", "find", "flock",
        "getconf", "grep", "head", "kill", "mkdir", "mktemp", "mountpoint", "mv", "readlink", "rm", "rmdir", "sed", "setsid",
        "sha256sum", "sleep", "sort", "tail", "tee", "timeout", "touch", "tr", "uname", "wc", "xargs",
    ];

    private readonly string _path;

    public LauncherCopy(params string[] standIns)
    {
        Folder = Directory.CreateTempSubdirectory("codex-launcher-").FullName;
        Root = Path.Combine(Folder, "repository with spaces");
        State = Path.Combine(Folder, "state");
        _path = Path.Combine(Folder, "path");
        Directory.CreateDirectory(State);
        Directory.CreateDirectory(_path);

        var source = RepositoryRoot();
        Directory.CreateDirectory(Path.Combine(Root, "infra"));
        Copy(Path.Combine(source, "codex"), Root);
        Copy(Path.Combine(source, "infra/launcher"), Path.Combine(Root, "infra"));
        Copy(Path.Combine(source, "infra/sandbox"), Path.Combine(Root, "infra"));
        Write("services/CodexService.Cli/Program.cs", "// the CLI");
        Write("tests/CodexService.Sample.Tests/CodexService.Sample.Tests.csproj", "<Project />");
        foreach (var tool in Tools)
        {
            var found = ((string[])["/usr/bin", "/bin", "/usr/local/bin", "/opt/homebrew/bin"])
                .Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists);
            if (found is not null)
            {
                File.CreateSymbolicLink(Path.Combine(_path, tool), found);
            }
        }

        foreach (var standIn in standIns)
        {
            LinkStandIn(standIn);
        }

        // The build stand-in copies the program stand-in from beside itself.
        LinkStandIn("program");
    }

    /// <summary>A machine where everything is there and an engine answers.</summary>
    public static LauncherCopy OnCompleteMachine() =>
        new("docker", "dotnet", "git", "id", "node", "npm", "rabbitmq-server", "chromium");

    public string Folder { get; }

    /// <summary>The copy of the checkout; its name has spaces on purpose.</summary>
    public string Root { get; }

    /// <summary>The folder through which a test tells the stand-ins what to do and reads what they were asked.</summary>
    public string State { get; }

    public string[] Calls => File.Exists(Path.Combine(State, "calls")) ? File.ReadAllLines(Path.Combine(State, "calls")) : [];

    public int Builds => Calls.Count(call => call.StartsWith("dotnet build", StringComparison.Ordinal));

    public int ImageBuilds => Calls.Count(call => call.StartsWith("docker build", StringComparison.Ordinal));

    public void Tell(string name, string content) => File.WriteAllText(Path.Combine(State, name), content);

    public string Write(string path, string content)
    {
        var file = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        return file;
    }

    public Task<Outcome> RunAsync(params string[] arguments) => RunAsync(new Dictionary<string, string>(), arguments);

    public async Task<Outcome> RunAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        using var process = Start("codex", environment, arguments);
        return await FinishAsync(process);
    }

    public async Task<Outcome> BuildImageAsync()
    {
        using var process = Start("infra/sandbox/build-image", [], []);
        return await FinishAsync(process);
    }

    public Process Start(string script, Dictionary<string, string> environment, string[] arguments)
    {
        var start = new ProcessStartInfo(Path.IsPathRooted(script) ? script : Path.Combine(Root, script), arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = _path;
        start.Environment["HOME"] = Folder;
        start.Environment["TMPDIR"] = Folder;
        start.Environment["STAND_IN_STATE"] = State;
        // PostgreSQL is looked for in fixed places too, which no PATH hides.
        start.Environment["CODEX_DATABASE"] = "Host=db;Username=codex;Password=hidden-password";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    public static async Task<Outcome> FinishAsync(Process process)
    {
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(RunLimit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return new Outcome(process.Id, process.ExitCode, await output, await errors);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string RepositoryRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "CodexService.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return folder;
    }

    private void LinkStandIn(string name) =>
        File.CreateSymbolicLink(Path.Combine(_path, name), Path.Combine(AppContext.BaseDirectory, "StandIns", name));

    // By cp, not by this process: a program that another test's new process still holds open for writing cannot be run.
    private static void Copy(string source, string target)
    {
        using var process = Process.Start("cp", ["-R", source, target]);
        process.WaitForExit();
    }
}

/// <summary>How a run of a script ended.</summary>
internal sealed record Outcome(int ProcessId, int ExitCode, string Output, string Errors)
{
    public string[] OutputLines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public string[] ErrorLines => Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public override string ToString()
    {
        var text = new StringBuilder();
        return text.Append("exit ").Append(ExitCode).Append("\n--- stdout\n").Append(Output).Append("\n--- stderr\n").Append(Errors).ToString();
    }
}
