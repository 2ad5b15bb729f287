namespace CodexService.Contracts.Local;

/// <summary>Where things lie in the data folder of a service on this machine (<c>CODEX_DATA</c>).</summary>
/// <param name="Root">Absolute path.</param>
public sealed record DataFolder(string Root)
{
    /// <summary>Name of the setting that chooses the folder.</summary>
    public const string Setting = "CODEX_DATA";

    /// <summary>Describes the running service (<see cref="RunningService"/>); there from ready to stop.</summary>
    public string ServiceFile => Path.Combine(Root, "service.json");

    /// <summary>The user's API token, readable by its owner alone.</summary>
    public string TokenFile => Path.Combine(Root, "token");

    /// <summary>Held for as long as a service works on the folder.</summary>
    public string LockFile => Path.Combine(Root, "service.lock");

    /// <summary>Folder of the private PostgreSQL server.</summary>
    public string Postgres => Path.Combine(Root, "postgres");

    /// <summary>Folder of the repositories that <c>codex demo</c> makes.</summary>
    public string Demos => Path.Combine(Root, "demo");

    /// <summary>The folder that <paramref name="setting"/> names, or <c>~/.local/share/codex-service</c> when it is empty.</summary>
    public static DataFolder From(string? setting) => new(Path.GetFullPath(string.IsNullOrWhiteSpace(setting)
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share", "codex-service")
        : setting));
}

/// <summary>Content of <see cref="DataFolder.ServiceFile"/>.</summary>
/// <param name="Url">Base address of the API and the dashboard.</param>
/// <param name="Pid">Process id.</param>
/// <param name="StartedAt">When it was ready.</param>
public sealed record RunningService(string Url, int Pid, DateTimeOffset StartedAt)
{
    /// <summary>When the process began (<see cref="Local.ProcessStart.Of"/>).</summary>
    public long? ProcessStart { get; init; }

    /// <summary>Whether <see cref="Pid"/> is the service itself, and not another process that has its number here.</summary>
    public bool IsSeenFromHere() => ProcessStart is not null && Local.ProcessStart.Of(Pid) == ProcessStart;
}
