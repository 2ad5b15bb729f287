namespace CodexService.PrivatePostgres;

/// <summary>Where a private PostgreSQL server keeps its data and how it is found.</summary>
public sealed record PrivatePostgresOptions
{
    /// <summary>
    /// Folder of this server alone; created when missing. When the owner is root, PostgreSQL runs as an unprivileged
    /// user; a folder that this user cannot reach is replaced by one below <c>/var/lib/codex-service</c>, which is logged.
    /// </summary>
    public required string DataDirectory { get; init; }

    /// <summary>Folder with <c>initdb</c> and <c>postgres</c>. Default: found on PATH and in the usual places.</summary>
    public string? BinDirectory { get; init; }

    /// <summary>TCP port on 127.0.0.1. Default: a free one.</summary>
    public int? Port { get; init; }

    /// <summary>Whether commits survive a power cut. Default true; tests that throw the data away may turn it off.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>How long creating the data folder, starting and stopping may each take. Default 60 seconds.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);
}
