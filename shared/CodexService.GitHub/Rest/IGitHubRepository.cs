namespace CodexService.GitHub.Rest;

/// <summary>Opens repositories with the configured credentials. Thread-safe.</summary>
public interface IGitHub
{
    /// <summary>The calls on one repository; nothing is asked before the first of them.</summary>
    IGitHubRepository Repository(RepositoryName name);

    /// <summary>Whose credentials there are; changes when an App is connected from the dashboard.</summary>
    GitHubAccess Access { get; }

    /// <summary>Counts up whenever other credentials, or none, are used from then on.</summary>
    int Generation => 0;

    /// <summary>Address of the API, with a slash at its end.</summary>
    Uri ApiUrl { get; }

    /// <summary>What deliveries of an App that was made from the dashboard are signed with; <see langword="null"/> for others.</summary>
    string? WebhookSecret => null;

    /// <summary>The service's public address that such an App was made with, with a slash at its end.</summary>
    Uri? PublicUrl => null;

    /// <summary>The App; <see langword="null"/> with a personal token or none.</summary>
    Task<GitHubApp?> GetAppAsync(CancellationToken cancellationToken);

    /// <summary>Login that everything is written under: the App's bot, or the person whose token it is.</summary>
    /// <exception cref="GitHubException">There are no credentials, GitHub does not take them (asked again after a minute at the earliest), or it could not be asked.</exception>
    Task<string> GetLoginAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Asks GitHub anew, and once, whose the credentials are: that is how it is known that they are good. What is found is what
    /// <see cref="GetLoginAsync"/> tells from then on.
    /// </summary>
    /// <exception cref="GitHubException">There are no credentials, GitHub does not take them, or it could not be asked.</exception>
    Task<GitHubAccount> GetAccountAsync(CancellationToken cancellationToken);

    /// <summary>Where the credentials stand: names of settings, or a file; for the person who has to change them.</summary>
    string CredentialsFrom => "the settings";

    /// <summary>Why the credentials that are kept cannot be used, one line for the person who has to change that; <see langword="null"/> when they can, or there are none.</summary>
    string? Problem => null;

    /// <summary>
    /// A token for whoever clones: reads the contents of this one repository for an hour, and can do nothing else.
    /// <see langword="null"/> with a personal token, which cannot be narrowed.
    /// </summary>
    Task<string?> MintReadTokenAsync(RepositoryName repository, CancellationToken cancellationToken);

    /// <summary>Tries to deliver to the App's webhook that failed in the last days, newest first, at most 500; none with a personal token.</summary>
    Task<IReadOnlyList<HookDelivery>> ListFailedDeliveriesAsync(CancellationToken cancellationToken);

    /// <summary>Where the App is installed, and on which repositories; <see langword="null"/> with a personal token or none.</summary>
    Task<IReadOnlyList<AppInstallation>?> ListInstallationsAsync(CancellationToken cancellationToken);

    /// <summary>Asks for another try.</summary>
    Task RedeliverAsync(long id, CancellationToken cancellationToken);

    /// <summary>Exchanges the code of a manifest for an App's credentials, keeps them and uses them from now on.</summary>
    /// <param name="code">The code that GitHub sent a person back with.</param>
    /// <param name="publicUrl">The service's public address that the App was made with, with a slash at its end.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GitHubException">
    /// The code is not good (any more), or credentials are configured already; <see cref="GitHubFailure.Conflict"/> when an App is
    /// connected that GitHub takes, which is not replaced.
    /// </exception>
    Task<ConnectedApp> ConnectAppAsync(string code, Uri? publicUrl, CancellationToken cancellationToken);
}

/// <summary>Whose credentials there are.</summary>
public enum GitHubAccess
{
    /// <summary>None: every call is refused with a line that says how to connect.</summary>
    None,

    /// <summary>One person's token.</summary>
    Token,

    /// <summary>A GitHub App.</summary>
    App,
}

/// <summary>A GitHub App.</summary>
/// <param name="Slug">Its name in mentions, without <c>[bot]</c>.</param>
/// <param name="HtmlUrl">Its page.</param>
public sealed record GitHubApp(string Slug, string HtmlUrl);

/// <summary>Whose credentials they are.</summary>
/// <param name="Login">Login that everything is written under: <c>slug[bot]</c> of an App, or the person's.</param>
/// <param name="HtmlUrl">Page of the App or of the person.</param>
public sealed record GitHubAccount(string Login, string HtmlUrl)
{
    private const string Bot = "[bot]";

    /// <summary>How people mention it: the login without <c>[bot]</c>.</summary>
    public string Name => NameOf(Login);

    /// <summary>When the token ends; <see langword="null"/> when GitHub does not tell, and with an App.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>A login without <c>[bot]</c>.</summary>
    public static string NameOf(string login) => login.EndsWith(Bot, StringComparison.Ordinal) ? login[..^Bot.Length] : login;
}

/// <summary>An App that was made from a manifest.</summary>
/// <param name="App">The App.</param>
/// <param name="WebhookSecret">What its deliveries are signed with.</param>
public sealed record ConnectedApp(GitHubApp App, string WebhookSecret);

/// <summary>
/// GitHub's REST API of one repository, grouped and named after docs.github.com/rest. Every call throws
/// <see cref="GitHubException"/> when it does not succeed. Thread-safe.
/// </summary>
public interface IGitHubRepository
{
    /// <summary>Which repository.</summary>
    RepositoryName Name { get; }

    /// <summary>Blobs, trees, commits and references.</summary>
    IGitData Git { get; }

    /// <summary>Pull requests, their reviews and review comments.</summary>
    IPullRequests PullRequests { get; }

    /// <summary>Issues, their comments, labels and reactions; pull requests are issues too.</summary>
    IIssues Issues { get; }

    /// <summary>Check runs.</summary>
    ICheckRuns Checks { get; }

    /// <summary>Commit statuses.</summary>
    ICommitStatuses Statuses { get; }

    /// <summary>The repository itself.</summary>
    Task<RepositoryInfo> GetAsync(CancellationToken cancellationToken);

    /// <summary>Text of a file; <see langword="null"/> when it is not there.</summary>
    /// <param name="path">Path in the repository.</param>
    /// <param name="reference">Branch, tag or commit.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task<byte[]?> ReadFileAsync(string path, string reference, CancellationToken cancellationToken);

    /// <summary>What a person may do, as it is at this moment: <c>admin</c>, <c>write</c>, <c>read</c> or <c>none</c>.</summary>
    Task<string> GetPermissionAsync(string login, CancellationToken cancellationToken);

    /// <summary>A token for git over HTTPS, as the password of <c>x-access-token</c>; good for at least some minutes. Never to be stored or shown.</summary>
    Task<string> GetTokenAsync(CancellationToken cancellationToken);
}

/// <summary>A repository.</summary>
public sealed record RepositoryInfo(long Id, string FullName, string DefaultBranch, bool Private, bool Archived, string HtmlUrl, string CloneUrl)
{
    /// <summary>Whether pull requests may be merged with a merge commit; <see langword="null"/> where the credentials may not see it.</summary>
    public bool? AllowMergeCommit { get; init; }

    /// <summary>Whether they may be squashed.</summary>
    public bool? AllowSquashMerge { get; init; }

    /// <summary>Whether they may be rebased.</summary>
    public bool? AllowRebaseMerge { get; init; }
}
