using System.Text.Json;
using System.Text.Json.Serialization;
using CodexService.GitHub.Rest;
using CodexService.GitHub.Transport;

namespace CodexService.GitHub.Webhooks;

/// <summary>
/// What the service reads of a delivery (docs.github.com, "Webhook events and payloads"). Which parts are there depends on
/// the event; everything in it was written by strangers.
/// </summary>
public sealed record WebhookPayload
{
    private const int LongestShown = 100;

    /// <summary>What happened, for example <c>labeled</c>; <see langword="null"/> for events without actions.</summary>
    public string? Action { get; init; }

    /// <summary>Where it happened; <see langword="null"/> for events of an installation.</summary>
    public WebhookRepository? Repository { get; init; }

    /// <summary>Who did it.</summary>
    public UserInfo? Sender { get; init; }

    /// <summary>The App's installation that the delivery is for.</summary>
    public WebhookInstallation? Installation { get; init; }

    /// <summary>The issue, or the pull request as an issue.</summary>
    public WebhookIssue? Issue { get; init; }

    /// <summary>The comment.</summary>
    public WebhookComment? Comment { get; init; }

    /// <summary>The pull request.</summary>
    public WebhookPullRequest? PullRequest { get; init; }

    /// <summary>The review.</summary>
    public WebhookReview? Review { get; init; }

    /// <summary>The label that was added or removed.</summary>
    public WebhookLabel? Label { get; init; }

    /// <summary>Who was assigned.</summary>
    public UserInfo? Assignee { get; init; }

    /// <summary>The check run.</summary>
    public WebhookCheck? CheckRun { get; init; }

    /// <summary>The check suite.</summary>
    public WebhookCheck? CheckSuite { get; init; }

    /// <summary>The run of a workflow.</summary>
    public WebhookCheck? WorkflowRun { get; init; }

    /// <summary>Full name of the reference that was pushed.</summary>
    public string? Ref { get; init; }

    /// <summary>Commit that the reference points at after the push.</summary>
    public string? After { get; init; }

    /// <summary>What an edit changed.</summary>
    public WebhookChanges? Changes { get; init; }

    /// <summary>Repositories of an installation that was made, removed, suspended or resumed.</summary>
    public IReadOnlyList<WebhookRepository>? Repositories { get; init; }

    /// <summary>Repositories that an installation got.</summary>
    public IReadOnlyList<WebhookRepository>? RepositoriesAdded { get; init; }

    /// <summary>Repositories that an installation lost.</summary>
    public IReadOnlyList<WebhookRepository>? RepositoriesRemoved { get; init; }

    /// <summary>The action as lists show it; <see langword="null"/> when it is none.</summary>
    [JsonIgnore]
    public string? ShownAction => Short(Action);

    /// <summary>The repository as <c>owner/name</c>; <see langword="null"/> when there is none.</summary>
    [JsonIgnore]
    public string? ShownRepository => RepositoryName.TryParse(Repository?.FullName, out var name) ? name.ToString() : null;

    /// <summary>The issue or pull request that it is about.</summary>
    [JsonIgnore]
    public int? ShownNumber => Issue?.Number ?? PullRequest?.Number;

    /// <summary>Login of who did it, as lists show it.</summary>
    [JsonIgnore]
    public string? ShownSender => Short(Sender?.Login);

    /// <summary>
    /// When what it tells of was said or done, to the second, on GitHub's clock; <see langword="null"/> when it does not tell. A delivery
    /// that was missed comes up to days later.
    /// </summary>
    [JsonIgnore]
    public DateTimeOffset? SaidAt => this switch
    {
        { Comment: { } comment } => comment.CreatedAt,
        { Review: { } review } => review.SubmittedAt,
        { Issue: { } issue } => issue.UpdatedAt,
        _ => null,
    };

    /// <summary>Reads a body.</summary>
    /// <exception cref="FormatException">It is not the JSON of a delivery; the message is one line.</exception>
    public static WebhookPayload Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, WebhookJson.Default.WebhookPayload) ?? throw new FormatException("the delivery is null");
        }
        catch (JsonException e)
        {
            throw new FormatException($"the delivery cannot be read at {e.Path ?? "its start"}", e);
        }
    }

    /// <summary>
    /// What <see cref="Read"/> reads the same from, without the parts of the top level that are not named here; a body that is no object
    /// comes back as it is.
    /// </summary>
    public static byte[] Trim(ReadOnlySpan<byte> body) => PayloadTrimmer.Trim(body) ?? body.ToArray();

    private static string? Short(string? text) => text is { Length: <= LongestShown } && !text.Any(char.IsControl) ? text : null;
}

/// <summary>A repository of a delivery.</summary>
public sealed record WebhookRepository(long Id, string FullName)
{
    /// <summary>Branch that pull requests are meant for; absent in short forms.</summary>
    public string? DefaultBranch { get; init; }

    /// <summary>Where it is cloned from; absent in short forms.</summary>
    public string? CloneUrl { get; init; }

    /// <summary>Whether nothing in it can be changed.</summary>
    public bool Archived { get; init; }
}

/// <summary>An installation of the App.</summary>
public sealed record WebhookInstallation(long Id);

/// <summary>An issue of a delivery.</summary>
public sealed record WebhookIssue(int Number, string Title, string? Body, string State)
{
    /// <summary>Who wrote it; <see langword="null"/> for deleted accounts.</summary>
    public UserInfo? User { get; init; }

    /// <summary>There when the issue is a pull request.</summary>
    public JsonElement? PullRequest { get; init; }

    /// <summary>When it changed last: by what the delivery tells of, where that is no comment.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>Labels on it.</summary>
    public IReadOnlyList<WebhookLabel>? Labels { get; init; }

    /// <summary>Who it is assigned to.</summary>
    public IReadOnlyList<UserInfo>? Assignees { get; init; }

    /// <summary>Whether it is a pull request.</summary>
    public bool IsPullRequest => PullRequest is { ValueKind: JsonValueKind.Object };
}

/// <summary>A comment of a delivery.</summary>
public sealed record WebhookComment(long Id, string? Body)
{
    /// <summary>Who wrote it; <see langword="null"/> for deleted accounts.</summary>
    public UserInfo? User { get; init; }

    /// <summary>When it was written.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>File that a review comment is on.</summary>
    public string? Path { get; init; }

    /// <summary>Line of the new file that a review comment is on.</summary>
    public int? Line { get; init; }

    /// <summary>The diff around a review comment.</summary>
    public string? DiffHunk { get; init; }

    /// <summary>First line of several that a review comment is on.</summary>
    public int? StartLine { get; init; }

    /// <summary><c>RIGHT</c> for the new file, <c>LEFT</c> for the old one.</summary>
    public string? Side { get; init; }

    /// <summary>The comment whose thread it belongs to.</summary>
    public long? InReplyToId { get; init; }
}

/// <summary>A pull request of a delivery.</summary>
public sealed record WebhookPullRequest(int Number, string State)
{
    /// <summary>Title; absent in short forms.</summary>
    public string? Title { get; init; }

    /// <summary>Markdown; <see langword="null"/> when it is empty.</summary>
    public string? Body { get; init; }

    /// <summary>Who opened it; <see langword="null"/> for deleted accounts.</summary>
    public UserInfo? User { get; init; }

    /// <summary>Whether it was merged.</summary>
    public bool? Merged { get; init; }

    /// <summary>The branch with the change.</summary>
    public PullRequestBranch? Head { get; init; }

    /// <summary>The branch that it is meant for.</summary>
    public PullRequestBranch? Base { get; init; }

    /// <summary>When it changed last; tells deliveries about the same commit apart.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>A review of a delivery.</summary>
public sealed record WebhookReview(long Id, string State)
{
    /// <summary>Text.</summary>
    public string? Body { get; init; }

    /// <summary>When it was submitted.</summary>
    public DateTimeOffset? SubmittedAt { get; init; }

    /// <summary>Commit that was reviewed.</summary>
    public string? CommitId { get; init; }

    /// <summary>Who wrote it; <see langword="null"/> for deleted accounts.</summary>
    public UserInfo? User { get; init; }
}

/// <summary>A label.</summary>
public sealed record WebhookLabel(string Name);

/// <summary>What an edit changed, as it was before.</summary>
public sealed record WebhookChanges
{
    /// <summary>The text, when that was changed.</summary>
    public WebhookChange? Body { get; init; }
}

/// <summary>Something that was changed.</summary>
/// <param name="From">What it was before.</param>
public sealed record WebhookChange(string? From);

/// <summary>A check run, a check suite or the run of a workflow.</summary>
public sealed record WebhookCheck(long Id, string HeadSha)
{
    /// <summary>Name; suites have none.</summary>
    public string? Name { get; init; }

    /// <summary>How it ended; <see langword="null"/> before it has.</summary>
    public string? Conclusion { get; init; }

    /// <summary>Branch; absent for check runs, whose suite tells it.</summary>
    public string? HeadBranch { get; init; }

    /// <summary>The suite that a check run belongs to.</summary>
    public WebhookCheckSuite? CheckSuite { get; init; }

    /// <summary>The App that a check run or suite is of; absent for runs of workflows.</summary>
    public WebhookApp? App { get; init; }
}

/// <summary>An App of a delivery.</summary>
/// <param name="Slug">Its name in addresses, under which it acts as <c>slug[bot]</c>; may be missing.</param>
public sealed record WebhookApp(string? Slug);

/// <summary>The suite of a check run.</summary>
public sealed record WebhookCheckSuite(string? HeadBranch);
