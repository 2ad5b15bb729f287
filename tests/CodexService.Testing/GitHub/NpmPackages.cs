using System.Diagnostics;

namespace CodexService.Testing.GitHub;

/// <summary>Installs what a folder's lock file names, once, however many test processes ask for it.</summary>
internal static class NpmPackages
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static async Task InstallAsync(string folder, TimeSpan patience)
    {
        if (IsInstalled(folder))
        {
            return;
        }

        using var exclusive = await LockAsync(Path.Combine(folder, "node_modules.lock"), patience);
        if (IsInstalled(folder))
        {
            return;
        }

        using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund"]) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = npm.StandardOutput.ReadToEndAsync();
        var errors = await npm.StandardError.ReadToEndAsync().WaitAsync(patience);
        await npm.WaitForExitAsync().WaitAsync(patience);
        if (npm.ExitCode != 0)
        {
            throw new InvalidOperationException($"npm ci in {folder} failed:\n{await output}\n{errors}");
        }
    }

    // An older installation is brought up to date.
    private static bool IsInstalled(string folder)
    {
        var installed = Path.Combine(folder, "node_modules", ".package-lock.json");
        return File.Exists(installed) && File.GetLastWriteTimeUtc(installed) >= File.GetLastWriteTimeUtc(Path.Combine(folder, "package-lock.json"));
    }

    // The operating system drops the lock when the process dies.
    private static async Task<FileStream> LockAsync(string path, TimeSpan patience)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            }
            catch (IOException) when (TimeProvider.System.GetElapsedTime(started) < patience)
            {
                await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
            }
        }
    }
}
