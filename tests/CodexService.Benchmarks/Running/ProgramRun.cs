using System.ComponentModel;
using System.Diagnostics;

namespace CodexService.Benchmarks.Running;

/// <summary>Runs a program to its end.</summary>
internal static class ProgramRun
{
    /// <summary>A container that does nothing, through the command that people type.</summary>
    public static Task DockerRunAsync(CancellationToken cancellationToken) =>
        RunAsync(["docker", "run", "--rm", "--network", "none", EngineEndpoint.Image, "true"], null, null, cancellationToken);

    /// <summary>Runs <paramref name="command"/>; its standard input is <paramref name="input"/> or nothing.</summary>
    /// <exception cref="InvalidOperationException">It is not installed, or it failed; the message says what it said last.</exception>
    public static async Task RunAsync(
        IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment, Stream? input, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        using var process = Start(start);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            if (input is not null)
            {
                await input.CopyToAsync(process.StandardInput.BaseStream, cancellationToken);
            }

            process.StandardInput.Close();
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0)
            {
                var last = $"{await output}\n{await error}".Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
                throw new InvalidOperationException($"{string.Join(' ', command.Take(2))} ended with {process.ExitCode}: {last}");
            }
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception problem)
        {
            throw new InvalidOperationException($"{start.FileName} cannot be run: {problem.Message}", problem);
        }
    }
}
