using System.Diagnostics;

namespace CodexService.Benchmarks.Repairs;

/// <summary>The committed tree of a repository as an uncompressed tar.</summary>
internal static class GitTree
{
    public static async Task WriteAsync(string repository, Stream tar, CancellationToken cancellationToken)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", repository, "archive", "--format=tar", "HEAD"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        await git.StandardOutput.BaseStream.CopyToAsync(tar, cancellationToken);
        await git.WaitForExitAsync(cancellationToken);
        if (git.ExitCode != 0)
        {
            throw new InvalidOperationException($"git archive ended with {git.ExitCode}");
        }
    }
}
