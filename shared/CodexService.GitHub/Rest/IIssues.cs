namespace CodexService.GitHub.Rest;

/// <summary>Issues (docs.github.com/rest/issues).</summary>
public interface IIssues
{
    /// <summary>The issue, or a pull request as an issue, as it is at this moment; <see langword="null"/> when it is not there (any more).</summary>
    Task<IssueInfo?> FindAsync(int number, CancellationToken cancellationToken);

    /// <summary>Comments, oldest first; of more than 1,000 the oldest 100 and the newest 900.</summary>
    Task<IReadOnlyList<IssueComment>> ListCommentsAsync(int number, CancellationToken cancellationToken);

    /// <summary>Comments.</summary>
    Task<IssueComment> CreateCommentAsync(int number, string body, CancellationToken cancellationToken);

    /// <summary>Replaces the text of a comment.</summary>
    Task<IssueComment> UpdateCommentAsync(long comment, string body, CancellationToken cancellationToken);

    /// <summary>Adds labels; unknown ones are made.</summary>
    Task AddLabelsAsync(int number, IReadOnlyList<string> labels, CancellationToken cancellationToken);

    /// <summary>Reacts to an issue with <c>eyes</c>, <c>rocket</c>, <c>+1</c>, …; twice is once.</summary>
    Task ReactAsync(int number, string content, CancellationToken cancellationToken);

    /// <summary>Reacts to a comment; twice is once.</summary>
    Task ReactToCommentAsync(long comment, string content, CancellationToken cancellationToken);
}

/// <summary>An issue.</summary>
/// <param name="Number">Number.</param>
/// <param name="State"><c>open</c> or <c>closed</c>.</param>
public sealed record IssueInfo(int Number, string State)
{
    /// <summary>Labels on it.</summary>
    public IReadOnlyList<IssueLabel> Labels { get; init; } = [];

    /// <summary>Who it is assigned to; <see langword="null"/> where GitHub does not tell.</summary>
    public IReadOnlyList<UserInfo>? Assignees { get; init; }
}

/// <summary>A label of an issue.</summary>
public sealed record IssueLabel(string Name);

/// <summary>A comment.</summary>
/// <param name="Id">Id.</param>
/// <param name="Body">Markdown; <see langword="null"/> when it is empty.</param>
/// <param name="User">Who wrote it; <see langword="null"/> for deleted accounts.</param>
/// <param name="HtmlUrl">Its address.</param>
public sealed record IssueComment(long Id, string? Body, UserInfo? User, string HtmlUrl)
{
    /// <summary>When it was written.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its text was changed last.</summary>
    public DateTimeOffset UpdatedAt { get; init; }
}
