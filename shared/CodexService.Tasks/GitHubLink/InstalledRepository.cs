namespace CodexService.Tasks.GitHubLink;

/// <summary>A repository that the App is installed on, or was.</summary>
public sealed class InstalledRepository
{
    /// <summary>GitHub's id of it.</summary>
    public required long RepositoryId { get; init; }

    /// <summary>As <c>owner/name</c>.</summary>
    public required string Repository { get; init; }

    /// <summary>GitHub's id of the installation that told last.</summary>
    public required long InstallationId { get; init; }

    /// <summary>Whether the App is installed on it.</summary>
    public required bool Installed { get; init; }

    /// <summary>When GitHub told so, on the database's clock.</summary>
    public required DateTimeOffset ToldAt { get; init; }
}
