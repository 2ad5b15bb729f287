using System.Diagnostics;

namespace CodexService.PrivatePostgres.Running;

/// <summary>What a finished program left behind.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Error);

/// <summary>Runs a short-lived program to its end, with its output captured.</summary>
internal static class Tool
{
    public static async Task<ToolResult> RunAsync(
        IReadOnlyList<string> command,
        string? input,
        TimeSpan patience,
        CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        using var process = Start(command);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await SendAsync(process, input);
            await process.WaitForExitAsync(limit.Token);
            return new ToolResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            throw new PrivatePostgresException(
                $"{Path.GetFileName(command[0])} did not finish within {patience.TotalSeconds:0} s and was stopped.");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>A start information with all three streams redirected and a C locale, so that messages are in English.</summary>
    public static ProcessStartInfo Describe(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        start.Environment["LC_ALL"] = "C";
        foreach (var name in start.Environment.Keys.Where(key => key.StartsWith("PG", StringComparison.Ordinal)).ToList())
        {
            // PGDATA, PGPORT and their like belong to the user's other servers.
            start.Environment.Remove(name);
        }

        return start;
    }

    private static Process Start(IReadOnlyList<string> command)
    {
        try
        {
            return Process.Start(Describe(command))!;
        }
        catch (System.ComponentModel.Win32Exception problem)
        {
            throw new PrivatePostgresException($"Cannot run {command[0]}: {problem.Message}.", problem);
        }
    }

    private static async Task SendAsync(Process process, string? input)
    {
        try
        {
            if (input is not null)
            {
                await process.StandardInput.WriteAsync(input);
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended without reading; its exit code and error output say why.
        }
    }
}
