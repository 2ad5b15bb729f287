using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace CodexService.Samples;

/// <summary>Runs git in the sample repository, apart from the person's own git settings.</summary>
internal sealed class SampleGit(string directory)
{
    // One commit a day from here on, so that commit ids do not depend on when and where the sample is made.
    private static readonly DateTimeOffset FirstCommit = new(2026, 1, 12, 9, 30, 0, TimeSpan.Zero);

    private int commits;

    public async Task CommitAsync(string message, CancellationToken cancellationToken)
    {
        await RunAsync(["add", "--all"], cancellationToken);
        await RunAsync(["commit", "--quiet", "--no-gpg-sign", "-m", message], cancellationToken);
        commits++;
    }

    public async Task RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var date = FirstCommit.AddDays(commits).ToString("O", CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = directory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("GIT_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_AUTHOR_NAME"] = start.Environment["GIT_COMMITTER_NAME"] = "Users API";
        start.Environment["GIT_AUTHOR_EMAIL"] = start.Environment["GIT_COMMITTER_EMAIL"] = "users-api@example.org";
        start.Environment["GIT_AUTHOR_DATE"] = start.Environment["GIT_COMMITTER_DATE"] = date;

        using var process = Start(start);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(cancellationToken);
        await output;
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new IOException($"git {arguments[0]} failed while making the sample repository: {errors.Trim()}");
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new IOException("git was not found; install it to make the sample repository.", e);
        }
    }
}
