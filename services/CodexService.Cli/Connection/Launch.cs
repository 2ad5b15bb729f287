using System.Diagnostics;
using System.Runtime.InteropServices;

namespace CodexService.Cli.Connection;

/// <summary>How the service's program is found and started as a child process.</summary>
internal static class Launch
{
    /// <summary>Names the service's program when it does not lie where the build or a publish puts it.</summary>
    public const string ProgramSetting = "CODEX_STANDALONE";
    private const string Program = "CodexService.Standalone";

    public static ProcessStartInfo Describe(CliEnvironment environment, IEnumerable<string> arguments)
    {
        var program = FindProgram(environment);
        string[] run = program.EndsWith(".dll", StringComparison.Ordinal) ? [Runtime(), program] : [program];
        List<string> command = [.. OwnSession(environment), .. run, .. arguments];
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = environment.CurrentDirectory,
        };
        start.Environment["CODEX_DATA"] = environment.Data.Root;

        // Beside a person's terminal only what needs attention; who wants more sets the level.
        start.Environment.TryAdd("Logging__LogLevel__Default", "Warning");
        return start;
    }

    private static string FindProgram(CliEnvironment environment)
    {
        if (environment.Variable(ProgramSetting) is { Length: > 0 } named)
        {
            return File.Exists(named) ? named : throw new CliException($"{ProgramSetting} names {named}, which does not exist.");
        }

        // Published side by side; or the build's artifacts/bin/<project>/<configuration>.
        var own = AppContext.BaseDirectory.TrimEnd('/');
        string[] places =
        [
            Path.Combine(own, $"{Program}.dll"),
            Path.Combine(own, "..", "..", Program, Path.GetFileName(own), $"{Program}.dll"),
        ];
        return places.Select(Path.GetFullPath).FirstOrDefault(File.Exists)
            ?? throw new CliException($"The service's program ({Program}.dll) was not found beside this one. Build it with ./codex, or set {ProgramSetting} to its path.");
    }

    private static string Runtime()
    {
        // .../dotnet/shared/Microsoft.NETCore.App/10.0.x/ — the very runtime that runs this program.
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        return File.Exists(dotnet) ? dotnet : "dotnet";
    }

    /// <summary>
    /// Ctrl+C reaches every process of the terminal's foreground group. The service must outlive it for the moment in
    /// which the task is cancelled, so it gets a session of its own and ends with its input instead.
    /// </summary>
    private static string[] OwnSession(CliEnvironment environment)
    {
        var folders = (environment.Variable("PATH") ?? string.Empty).Split(':', StringSplitOptions.RemoveEmptyEntries).Append("/usr/bin");
        string? Find(string name) => folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        return Find("setsid") is { } setsid ? [setsid]
            : Find("perl") is { } perl ? [perl, "-MPOSIX", "-e", "POSIX::setsid(); exec @ARGV", "--"]
            : [];
    }
}
