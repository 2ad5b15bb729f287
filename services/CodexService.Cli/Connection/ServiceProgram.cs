using System.Diagnostics;

namespace CodexService.Cli.Connection;

/// <summary>The service's program for one piece of work that ends by itself, without a service.</summary>
internal static class ServiceProgram
{
    /// <summary>Runs it; its stdout is this command's.</summary>
    /// <returns>The program's exit code.</returns>
    /// <exception cref="CliException">It ended with an error, which is told in its own words.</exception>
    public static async Task<int> RunAsync(CliEnvironment environment, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Start(Launch.Describe(environment, arguments));
        process.StandardInput.Close();
        try
        {
            var error = LastLineAsync(process.StandardError);
            while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
            {
                await environment.Out.Writer.WriteLineAsync(line);
            }

            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == ExitCodes.Error
                ? throw new CliException(await error ?? $"The service's program ended without a word (exit code {process.ExitCode}).")
                : process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task<string?> LastLineAsync(StreamReader reader)
    {
        string? last = null;
        while (await reader.ReadLineAsync(CancellationToken.None) is { } line)
        {
            last = line.Length == 0 ? last : line.StartsWith(EmbeddedService.ErrorPrefix, StringComparison.Ordinal) ? line[EmbeddedService.ErrorPrefix.Length..] : line;
        }

        return last;
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception problem)
        {
            throw new CliException($"Cannot start the service's program with {start.FileName}: {problem.Message}.", problem);
        }
    }
}
