using System.Globalization;
using CodexService.PrivatePostgres.Running;

namespace CodexService.PrivatePostgres.Discovery;

/// <summary>One installation of PostgreSQL's server programs.</summary>
/// <param name="Folder">Folder that holds them.</param>
/// <param name="Major">Major version, for example 17.</param>
internal sealed record PostgresBinaries(string Folder, int Major)
{
    /// <summary>The oldest major version that the service's SQL works on.</summary>
    public const int OldestMajor = 13;

    private static readonly string[] Programs = ["initdb", "pg_ctl", "postgres"];
    private static readonly TimeSpan Short = TimeSpan.FromMinutes(1);

    public string Program(string name) => Path.Combine(Folder, name);

    /// <summary>
    /// Finds the programs. A data folder of <paramref name="wantedMajor"/> can only be opened by that version, so it is
    /// preferred over the first one found.
    /// </summary>
    public static async Task<PostgresBinaries> FindAsync(string? folder, int? wantedMajor, CancellationToken cancellationToken)
    {
        if (folder is not null)
        {
            return await TryAsync(folder, cancellationToken) ?? throw new PrivatePostgresException(
                $"There are no PostgreSQL server programs (initdb, pg_ctl, postgres) in {folder}.");
        }

        PostgresBinaries? first = null;
        await foreach (var found in CandidatesAsync(cancellationToken))
        {
            first ??= found;
            if (wantedMajor is null || found.Major == wantedMajor)
            {
                first = found;
                break;
            }
        }

        if (first is null)
        {
            throw new PrivatePostgresException(
                "PostgreSQL's server programs (initdb, pg_ctl, postgres) were not found. Install them (Debian and Ubuntu: apt-get install postgresql; macOS: brew install postgresql@17), or set CODEX_DATABASE to a connection string.");
        }

        return first.Major >= OldestMajor ? first : throw new PrivatePostgresException(
            $"PostgreSQL {first.Major} in {first.Folder} is too old; install version {OldestMajor} or newer, or set CODEX_DATABASE to a connection string.");
    }

    private static async IAsyncEnumerable<PostgresBinaries> CandidatesAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var folder in LikelyFolders().Where(seen.Add))
        {
            if (await TryAsync(folder, cancellationToken) is { } found)
            {
                yield return found;
            }
        }

        if (ProgramPath.Find("pg_config") is { } config)
        {
            var answer = await Tool.RunAsync([config, "--bindir"], null, Short, cancellationToken);
            if (answer.ExitCode == 0 && seen.Add(answer.Output.Trim())
                && await TryAsync(answer.Output.Trim(), cancellationToken) is { } found)
            {
                yield return found;
            }
        }
    }

    private static IEnumerable<string> LikelyFolders()
    {
        foreach (var link in ProgramPath.FindAll("initdb"))
        {
            var target = File.ResolveLinkTarget(link, returnFinalTarget: true)?.FullName ?? link;
            yield return Path.GetDirectoryName(target)!;
        }

        foreach (var (root, pattern) in new[]
        {
            ("/usr/lib/postgresql", "*"),
            ("/usr", "pgsql-*"),
            ("/opt/homebrew/opt", "postgresql*"),
            ("/usr/local/opt", "postgresql*"),
            ("/Applications/Postgres.app/Contents/Versions", "*"),
        })
        {
            if (Directory.Exists(root))
            {
                foreach (var version in Directory.GetDirectories(root, pattern).OrderByDescending(VersionIn))
                {
                    yield return Path.Combine(version, "bin");
                }
            }
        }
    }

    private static double VersionIn(string folder)
    {
        var digits = new string([.. Path.GetFileName(folder).Where(letter => char.IsAsciiDigit(letter) || letter == '.')]);
        return double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var version) ? version : 0;
    }

    private static async Task<PostgresBinaries?> TryAsync(string folder, CancellationToken cancellationToken)
    {
        if (!Programs.All(program => File.Exists(Path.Combine(folder, program))))
        {
            return null;
        }

        // "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)"
        var answer = await Tool.RunAsync([Path.Combine(folder, "postgres"), "--version"], null, Short, cancellationToken);
        var version = answer.Output.Split(") ", 2).ElementAtOrDefault(1) ?? string.Empty;
        var major = new string([.. version.TakeWhile(char.IsAsciiDigit)]);
        return major.Length == 0 ? null : new PostgresBinaries(folder, int.Parse(major, CultureInfo.InvariantCulture));
    }
}
