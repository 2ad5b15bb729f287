namespace CodexService.GitHub.Credentials;

/// <summary>Tokens for calls on one repository. Thread-safe.</summary>
internal interface IAccessTokens
{
    /// <summary>A token that is good for at least some minutes.</summary>
    /// <exception cref="GitHubException">There is none: the App is not installed there, its key is refused, GitHub is away.</exception>
    ValueTask<string> ForAsync(RepositoryName repository, CancellationToken cancellationToken);

    /// <summary>Forgets a token that was refused; whether another one may be had.</summary>
    bool Refused(RepositoryName repository, string token);
}

/// <summary>One person's token for everything.</summary>
internal sealed class PersonalAccessToken(string token) : IAccessTokens
{
    public ValueTask<string> ForAsync(RepositoryName repository, CancellationToken cancellationToken) => ValueTask.FromResult(token);

    /// <summary>The token, for what is no repository's.</summary>
    public string Value => token;

    public bool Refused(RepositoryName repository, string token) => false;
}

/// <summary>No credentials are configured.</summary>
internal sealed class NoTokens : IAccessTokens
{
    public ValueTask<string> ForAsync(RepositoryName repository, CancellationToken cancellationToken) => throw NotConnected();

    public bool Refused(RepositoryName repository, string token) => false;

    /// <summary>Says how to connect.</summary>
    internal static GitHubException NotConnected() => new(
        GitHubFailure.Credentials,
        "GitHub is not connected: make an App on the dashboard's GitHub page, or set CODEX_GITHUB_TOKEN, or CODEX_GITHUB_APP_ID with CODEX_GITHUB_APP_KEY");
}

/// <summary>An App was connected, but what is kept of it cannot be read.</summary>
/// <param name="problem">Why, and what to do, one line.</param>
internal sealed class UnreadableApp(string problem) : IAccessTokens
{
    /// <summary>Why, and what to do, one line.</summary>
    public string Problem => problem;

    public ValueTask<string> ForAsync(RepositoryName repository, CancellationToken cancellationToken) => throw Unusable();

    public bool Refused(RepositoryName repository, string token) => false;

    /// <summary>Says so to whoever wants to call.</summary>
    internal GitHubException Unusable() => new(GitHubFailure.Credentials, problem);
}
