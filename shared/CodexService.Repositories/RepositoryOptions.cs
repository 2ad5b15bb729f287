using System.ComponentModel.DataAnnotations;

namespace CodexService.Repositories;

/// <summary>Settings of the repository cache, section <c>Repositories</c>.</summary>
public sealed class RepositoryOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Repositories";

    /// <summary>
    /// Folder of the cached bare repositories. Default: <c>repositories</c> under <c>CODEX_DATA</c>, which itself
    /// defaults to <c>~/.local/share/codex-service</c>.
    /// </summary>
    public string? Folder { get; set; }

    /// <summary>
    /// A git configuration file to include, for credential helpers and proxies; its hooks, filters and commands are
    /// not used. Default: none.
    /// </summary>
    public string? GitConfigFile { get; set; }

    /// <summary>Wall clock of asking a remote for its branches. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ListTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Wall clock of one fetch or push. Default 15 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan TransferTimeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Largest tree in bytes that is handed to a sandbox. Default 2 GiB.</summary>
    [Range(1L << 10, 1L << 40)]
    public long MaxTreeBytes { get; set; } = 2L << 30;

    internal string FolderOrDefault()
    {
        if (!string.IsNullOrWhiteSpace(Folder))
        {
            return Path.GetFullPath(Folder);
        }

        var data = Environment.GetEnvironmentVariable("CODEX_DATA");
        return Path.GetFullPath(Path.Combine(
            string.IsNullOrWhiteSpace(data)
                ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share", "codex-service")
                : data,
            "repositories"));
    }
}
