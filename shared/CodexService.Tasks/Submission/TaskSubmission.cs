using CodexService.Contracts.Api;

namespace CodexService.Tasks.Submission;

/// <summary>A validated submission.</summary>
/// <param name="Repository">Normalised local path or clone URL.</param>
/// <param name="Prompt">What to do.</param>
/// <param name="TestCommand">The command that proves the change.</param>
/// <param name="BaseRef">Branch, tag or commit.</param>
/// <param name="Attempts">Parallel attempts.</param>
/// <param name="Timeout">Wall clock of one attempt.</param>
/// <param name="Brain">Which brain.</param>
/// <param name="IdempotencyKey">Client's key, or <see langword="null"/>.</param>
/// <param name="Hash">Hash of the request body that the key belongs to, or <see langword="null"/>.</param>
/// <param name="Template">Prompt template, or <see langword="null"/> for none.</param>
/// <param name="Model">Name of a configured model, or <see langword="null"/> for the default one.</param>
public sealed record TaskSubmission(
    string Repository,
    string Prompt,
    string TestCommand,
    string BaseRef,
    int Attempts,
    TimeSpan Timeout,
    BrainChoice Brain,
    string? IdempotencyKey = null,
    string? Hash = null,
    string? Template = null,
    string? Model = null)
{
    /// <summary>Names of the models that the attempts take in turn; empty for <see cref="Model"/> alone.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Whether plans wait for a person's approval.</summary>
    public bool ApprovePlan { get; init; }

    /// <summary>What one attempt of a model may use; <see langword="null"/> for the workers' defaults.</summary>
    public TaskLimits? Limits { get; init; }

    /// <summary>Name of the access token that submits it.</summary>
    public string? SubmittedBy { get; init; }

    /// <summary>The issue or pull request that asked for it; <see langword="null"/> for the API.</summary>
    public SubmissionOrigin? Origin { get; init; }

    /// <summary>A change, an answer or a review.</summary>
    public TaskKind Kind { get; init; }

    /// <summary>What a review looks at: a branch, a commit or a full ref.</summary>
    public string? HeadRef { get; init; }
}

/// <summary>Where on GitHub a submission came from; see <see cref="Origins.TaskOrigin"/> for the parts.</summary>
public sealed record SubmissionOrigin(string Repository, int Number, bool IsPullRequest, string RequestedBy, string Url, string Title, long? CommentId)
{
    /// <summary>Id of the account that asked, where it is known.</summary>
    public long? RequestedById { get; init; }

    /// <summary>GitHub's id of the repository.</summary>
    public long? RepositoryId { get; init; }

    /// <summary>When it was asked for; in UTC.</summary>
    public DateTimeOffset? SaidAt { get; init; }
}
