using System.Net;

namespace CodexService.GitHub;

/// <summary>What stands against a call, as far as it decides what to do next.</summary>
public enum GitHubFailure
{
    /// <summary>The key, token or App is not accepted. Nothing helps but a person.</summary>
    Credentials,

    /// <summary>The credentials lack a permission for this call. Nothing helps but a person.</summary>
    Permission,

    /// <summary>The account that the repository belongs to has suspended the App. Nothing helps but a person.</summary>
    Suspended,

    /// <summary>It is not there, or not visible to these credentials; also a repository that was deleted.</summary>
    NotFound,

    /// <summary>It was refused as it is: a name that is taken, a rule that stands against it, a field that is wrong.</summary>
    Refused,

    /// <summary>It changed meanwhile, or is in the way of something else.</summary>
    Conflict,

    /// <summary>The repository is archived: nothing in it can be changed.</summary>
    Archived,

    /// <summary>Too many calls; <see cref="GitHubException.RetryAfter"/> says when to come back.</summary>
    RateLimited,

    /// <summary>GitHub cannot be reached or failed; the call may have happened all the same.</summary>
    Unavailable,
}

/// <summary>A call that did not succeed. The message is one line for people and free of credentials.</summary>
public sealed class GitHubException : Exception
{
    /// <summary>Creates the exception.</summary>
    public GitHubException(GitHubFailure failure, string message, Exception? innerException = null)
        : base(message, innerException) => Failure = failure;

    /// <summary>What stands against the call.</summary>
    public GitHubFailure Failure { get; }

    /// <summary>HTTP status; <see langword="null"/> when no answer came.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>GitHub's own words, one line; <see langword="null"/> when it said nothing.</summary>
    public string? Said { get; init; }

    /// <summary>Whether GitHub itself answered, and not only something on the way to it, or nothing.</summary>
    public bool IsAnswer => Status is not null && Failure != GitHubFailure.Unavailable;

    /// <summary>How long to wait before the next call, when GitHub said so.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the same call can succeed later without a person doing anything.</summary>
    public bool IsPassing => Failure is GitHubFailure.RateLimited or GitHubFailure.Unavailable;
}
