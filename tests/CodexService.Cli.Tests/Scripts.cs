using System.Diagnostics;

namespace CodexService.Cli.Tests;

/// <summary>Programs that tests write to run them.</summary>
internal static class Scripts
{
    /// <summary>
    /// Writes a program by a process of its own: what this one opened for writing, a process that another test starts at that moment
    /// still holds open, and then it cannot be run ("text file busy").
    /// </summary>
    public static void Write(string path, string text)
    {
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "cat >\"$0\" && chmod 700 \"$0\"", path]) { RedirectStandardInput = true, UseShellExecute = false })!;
        process.StandardInput.Write(text);
        process.StandardInput.Close();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
