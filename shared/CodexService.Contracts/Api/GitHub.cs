namespace CodexService.Contracts.Api;

/// <summary>What came of a webhook delivery of GitHub.</summary>
public enum DeliveryState
{
    /// <summary>Waits to be handled.</summary>
    Received,

    /// <summary>It asks for nothing.</summary>
    Ignored,

    /// <summary>It started or changed work.</summary>
    Acted,

    /// <summary>It asked for something that is not done, for example by somebody without write access.</summary>
    Refused,

    /// <summary>It could not be handled.</summary>
    Failed,
}

/// <summary>A webhook delivery of GitHub and the decision on it.</summary>
/// <param name="Id">GitHub's id of it.</param>
/// <param name="Event">Name of the event, for example <c>issues</c>.</param>
/// <param name="Action">What happened, for example <c>labeled</c>; <see langword="null"/> for events without actions.</param>
/// <param name="Repository">Repository as <c>owner/name</c>; <see langword="null"/> for events of an installation.</param>
/// <param name="Number">Issue or pull request that it is about.</param>
/// <param name="Sender">Login of who did it.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="State">What came of it.</param>
/// <param name="Decision">Why; one line. <see langword="null"/> before it is handled.</param>
/// <param name="TaskId">The task that it started or changed.</param>
/// <param name="HandledAt">When it was handled.</param>
public sealed record DeliveryInfo(
    string Id,
    string Event,
    string? Action,
    string? Repository,
    int? Number,
    string? Sender,
    DateTimeOffset ReceivedAt,
    DeliveryState State,
    string? Decision,
    Guid? TaskId,
    DateTimeOffset? HandledAt);

/// <summary>A repository that GitHub has sent deliveries of, or that the App is installed on.</summary>
/// <param name="Name">As <c>owner/name</c>.</param>
/// <param name="Deliveries">How many of them are kept.</param>
/// <param name="LastDeliveryAt">When the newest came; <see langword="null"/> before the first.</param>
/// <param name="Tasks">How many tasks came from it.</param>
/// <param name="Triggers">What starts work there; <see langword="null"/> until a delivery asked for it.</param>
public sealed record GitHubRepositoryInfo(string Name, int Deliveries, DateTimeOffset? LastDeliveryAt, int Tasks, RepositoryTriggers? Triggers)
{
    /// <summary>What became of this service's pull requests there, those of tasks that were asked for elsewhere included.</summary>
    public PullRequestCounts PullRequests { get; init; } = new(0, 0, 0);
}

/// <summary>How many pull requests of this service ended how.</summary>
/// <param name="Open">Open, those that are being merged at this moment included.</param>
/// <param name="Merged">Merged.</param>
/// <param name="Closed">Closed without a merge.</param>
public sealed record PullRequestCounts(int Open, int Merged, int Closed);

/// <summary>What starts work in a repository, as its <c>.codex/config.yml</c> said when it was read last.</summary>
/// <param name="ReadAt">When that was.</param>
/// <param name="Source">Commit or branch that it was read at, or why the defaults hold.</param>
/// <param name="Label">Label that starts work on an issue; empty for none.</param>
/// <param name="Assignment">Whether an assignment to the App does.</param>
/// <param name="Mention">Whether a mention does.</param>
/// <param name="ChangesRequested">Whether a review that requests changes starts a follow-up.</param>
/// <param name="CheckFixes">How often a failing check starts a fix by itself.</param>
/// <param name="Bots">Bots that may start work.</param>
/// <param name="TestCommand">Command that proves changes; <see langword="null"/> when it is guessed.</param>
/// <param name="Attempts">Parallel attempts.</param>
/// <param name="Problem">Why the file cannot be used, one line; <see langword="null"/> when it can.</param>
public sealed record RepositoryTriggers(
    DateTimeOffset ReadAt,
    string Source,
    string Label,
    bool Assignment,
    bool Mention,
    bool ChangesRequested,
    int CheckFixes,
    IReadOnlyList<string> Bots,
    string? TestCommand,
    int Attempts,
    string? Problem)
{
    /// <summary>Whether conflicts with the base branch are resolved by themselves.</summary>
    public bool Conflicts { get; init; } = true;

    /// <summary>Name of the configured model that works there; <see langword="null"/> for the service's choice.</summary>
    public string? Model { get; init; }
}

/// <summary>How the service stands with GitHub.</summary>
/// <param name="Connection">Whether the pull-request service has credentials, and whose.</param>
/// <param name="WebhookPath">Where GitHub sends deliveries, below the service's public address.</param>
/// <param name="HasWebhookSecret">Whether deliveries can be taken.</param>
public sealed record GitHubStatus(GitHubConnectionInfo? Connection, string WebhookPath, bool HasWebhookSecret);

/// <summary>The pull-request service's way to GitHub.</summary>
/// <param name="Kind"><c>app</c> or <c>token</c>; <c>none</c> when an App could not be connected, or what is kept of it cannot be read.</param>
/// <param name="Name">Name in mentions; <see langword="null"/> when it is not known.</param>
/// <param name="Url">Address of the App's page, or of the account whose token it is; <see langword="null"/> when it is not known.</param>
/// <param name="ApiUrl">Address of GitHub's API.</param>
/// <param name="CheckedAt">When GitHub last answered with these credentials, also with a refusal; <see langword="null"/> before it has.</param>
/// <param name="Problem">What stands against it, one line; <see langword="null"/> when nothing is known to. It works when GitHub has answered besides.</param>
public sealed record GitHubConnectionInfo(string Kind, string? Name, string? Url, string ApiUrl, DateTimeOffset? CheckedAt, string? Problem)
{
    /// <summary>Login that everything is written under, the App's with <c>[bot]</c>; <see langword="null"/> when GitHub has not told it.</summary>
    public string? Account { get; init; }

    /// <summary>Whether the problem may pass by itself: GitHub is asked again within minutes. Else a person has to change something.</summary>
    public bool ProblemPasses { get; init; }

    /// <summary>When the personal token ends; <see langword="null"/> when GitHub does not tell.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>An App to make.</summary>
/// <param name="PublicUrl">Address that GitHub and people reach the service at.</param>
/// <param name="Name">The App's name, unique on GitHub, 1 to 34 characters; people mention it.</param>
/// <param name="Organization">Organisation that is to own it; <see langword="null"/> for the person's own account.</param>
public sealed record NewAppRequest(string PublicUrl, string Name, string? Organization);

/// <summary>What the dashboard posts to GitHub to make an App.</summary>
/// <param name="Action">Address that the form is posted to.</param>
/// <param name="Manifest">Content of the form's field <c>manifest</c>: JSON.</param>
/// <param name="State">Comes back with the code; good for one hour and one use.</param>
public sealed record GitHubManifest(string Action, string Manifest, string State);

/// <summary>What GitHub sent the person back with after the App was made.</summary>
/// <param name="Code">One-time code.</param>
/// <param name="State">As in <see cref="GitHubManifest"/>.</param>
public sealed record ConnectGitHubRequest(string Code, string State);
