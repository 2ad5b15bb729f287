namespace CodexService.Tasks.GitHubLink;

/// <summary>How the pull-request service stands with GitHub; one row. No credentials are stored.</summary>
public sealed class LinkRow
{
    /// <summary>Always 1.</summary>
    public int Id { get; init; } = 1;

    /// <summary><c>app</c> or <c>token</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Name in mentions.</summary>
    public string? Name { get; init; }

    /// <summary>Login that everything is written under.</summary>
    public string? Account { get; init; }

    /// <summary>Address of the App's page, or of the account.</summary>
    public string? Url { get; init; }

    /// <summary>Address of GitHub's API.</summary>
    public required string ApiUrl { get; init; }

    /// <summary>When the pull-request service last told this, on the database's clock.</summary>
    public DateTimeOffset CheckedAt { get; private set; }

    /// <summary>When GitHub last answered, on the database's clock.</summary>
    public DateTimeOffset? AnsweredAt { get; private set; }

    /// <summary>What stands against it, one line.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether that may pass by itself.</summary>
    public bool ProblemPasses { get; init; }

    /// <summary>When the personal token ends.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>The secret of webhooks of an App that was made from the dashboard; one row. It opens nothing: it only proves deliveries.</summary>
public sealed class WebhookSecretRow
{
    /// <summary>Always 1.</summary>
    public int Id { get; init; } = 1;

    /// <summary>The secret.</summary>
    public required string Secret { get; init; }
}

/// <summary>An App that is being made from the dashboard.</summary>
public sealed class ManifestRow
{
    /// <summary>Random; proves that who comes back from GitHub set out from here.</summary>
    public required string State { get; init; }

    /// <summary>One-time code of GitHub; gone once it is exchanged.</summary>
    public string? Code { get; init; }

    /// <summary>The service's public address that the App is made with; ends in a slash.</summary>
    public string? PublicUrl { get; init; }

    /// <summary>When the person set out, on the database's clock.</summary>
    public DateTimeOffset CreatedAt { get; private set; }
}

/// <summary>What starts work in a repository, as it was read last.</summary>
public sealed class TriggersRow
{
    /// <summary>Repository as <c>owner/name</c>.</summary>
    public required string Repository { get; init; }

    /// <summary>GitHub's own id of it, which a new name does not change.</summary>
    public required long RepositoryId { get; init; }

    /// <summary>JSON of <see cref="Contracts.Api.RepositoryTriggers"/>.</summary>
    public required string Settings { get; init; }
}
