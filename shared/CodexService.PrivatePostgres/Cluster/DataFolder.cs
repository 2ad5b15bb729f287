using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using CodexService.PrivatePostgres.Discovery;
using CodexService.PrivatePostgres.Running;
using Microsoft.Extensions.Logging;

namespace CodexService.PrivatePostgres.Cluster;

/// <summary>Makes a server folder ready to start on: created once, of the right version, with no server left over from a crash.</summary>
internal sealed partial class DataFolder(
    ServerFolder folder, ServerAccount account, PostgresBinaries binaries, TimeSpan patience, ILogger logger)
{
    /// <summary>Name of the superuser role.</summary>
    public const string Role = "codex";

    // The password reaches initdb through a file that only the server's user can read and that is gone right after.
    private const string InitScript =
        """
        umask 077
        file="$1/initial-password"
        cat >"$file" || exit 1
        "$2" --pgdata="$3" --username="$4" --pwfile="$file" --encoding=UTF8 --locale=C --auth=scram-sha-256 --data-checksums $5
        code=$?
        rm -f "$file"
        exit $code
        """;

    /// <summary>Prepares the folder and returns the superuser's password.</summary>
    public async Task<string> PrepareAsync(bool durable, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder.Data))
        {
            return await CreateAsync(durable, cancellationToken);
        }

        if (folder.ExistingMajor() is { } major && major != binaries.Major)
        {
            throw new PrivatePostgresException(
                $"The database in {folder.Data} was made by PostgreSQL {major}, but {binaries.Folder} holds version {binaries.Major}. Install PostgreSQL {major}, or choose another folder with CODEX_DATA.");
        }

        if (!File.Exists(folder.PasswordFile))
        {
            throw new PrivatePostgresException(
                $"The password of the database is missing ({folder.PasswordFile}). Put it back, or move {folder.Root} away to start with an empty database.");
        }

        await StopLeftOverServerAsync(cancellationToken);
        return (await File.ReadAllTextAsync(folder.PasswordFile, cancellationToken)).Trim();
    }

    private async Task<string> CreateAsync(bool durable, CancellationToken cancellationToken)
    {
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        try
        {
            if (Directory.Exists(folder.Unfinished))
            {
                Directory.Delete(folder.Unfinished, recursive: true);
            }

            Directory.CreateDirectory(folder.Unfinished);
            await account.GiveAsync(folder.Unfinished, cancellationToken);
            var result = await Tool.RunAsync(
                account.Wrap("/bin/sh", "-c", InitScript, "sh", folder.Run, binaries.Program("initdb"), folder.Unfinished, Role, durable ? string.Empty : "--no-sync"),
                password,
                patience,
                cancellationToken);
            if (result.ExitCode != 0)
            {
                throw new PrivatePostgresException($"PostgreSQL could not create its data folder {folder.Data}: {Reason(result)}.");
            }

            await SavePasswordAsync(password, cancellationToken);
            Directory.Move(folder.Unfinished, folder.Data);
            LogCreated(logger, binaries.Major, folder.Data);
            return password;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new PrivatePostgresException($"Cannot create the database in {folder.Root}: {problem.Message.TrimEnd('.')}.", problem);
        }
    }

    private async Task SavePasswordAsync(string password, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        await using var writer = new StreamWriter(folder.PasswordFile, options);
        await writer.WriteAsync(password.AsMemory(), cancellationToken);
    }

    /// <summary>
    /// This process holds the folder's lock, so a server that still runs on it has lost its owner: stop it. A pid file
    /// whose pid meanwhile belongs to another program would make PostgreSQL refuse to start: remove it.
    /// </summary>
    public async Task StopLeftOverServerAsync(CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder.Data, "postmaster.pid");
        if (!File.Exists(file))
        {
            return;
        }

        var first = (await File.ReadAllLinesAsync(file, cancellationToken)).FirstOrDefault();
        if (!int.TryParse(first, CultureInfo.InvariantCulture, out var pid) || !await IsPostgresAsync(pid, cancellationToken))
        {
            File.Delete(file);
            return;
        }

        LogStoppingLeftOver(logger, pid);
        foreach (var mode in new[] { "fast", "immediate" })
        {
            var result = await Tool.RunAsync(
                account.Wrap(binaries.Program("pg_ctl"), "stop", "--pgdata", folder.Data, "--mode", mode, "--wait", "--timeout", "15"),
                null,
                patience,
                cancellationToken);
            if (result.ExitCode == 0 || !await IsPostgresAsync(pid, cancellationToken))
            {
                return;
            }
        }

        throw new PrivatePostgresException(
            $"A PostgreSQL server left over from an earlier run (pid {pid}) does not stop. End it, then start again.");
    }

    private static async Task<bool> IsPostgresAsync(int pid, CancellationToken cancellationToken)
    {
        var result = await Tool.RunAsync(
            ["/bin/ps", "-o", "comm=", "-p", pid.ToString(CultureInfo.InvariantCulture)], null, TimeSpan.FromMinutes(1), cancellationToken);
        return Path.GetFileName(result.Output.Trim()).StartsWith("postgres", StringComparison.Ordinal);
    }

    /// <summary>The line of initdb's output that says what went wrong.</summary>
    private static string Reason(ToolResult result)
    {
        var lines = (result.Error + "\n" + result.Output).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var telling = lines.FirstOrDefault(line => line.Contains("error:", StringComparison.Ordinal)
            || line.Contains("FATAL:", StringComparison.Ordinal) || line.Contains("No space left", StringComparison.Ordinal));
        return (telling ?? lines.FirstOrDefault() ?? $"initdb ended with exit code {result.ExitCode}").TrimEnd('.');
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Created a PostgreSQL {Major} database in {Folder}")]
    private static partial void LogCreated(ILogger logger, int major, string folder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stopping the PostgreSQL server (pid {Pid}) that an earlier run left behind")]
    private static partial void LogStoppingLeftOver(ILogger logger, int pid);
}
