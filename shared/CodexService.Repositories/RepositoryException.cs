namespace CodexService.Repositories;

/// <summary>What kind of trouble a repository made; callers map it to exit codes and problem details.</summary>
public enum RepositoryErrorKind
{
    /// <summary>The address itself is not acceptable.</summary>
    BadAddress,

    /// <summary>The local path does not exist.</summary>
    NotFound,

    /// <summary>The local folder is empty.</summary>
    EmptyFolder,

    /// <summary>The local path is something else than a git repository.</summary>
    NotARepository,

    /// <summary>The repository has no commit yet.</summary>
    NoCommits,

    /// <summary>The remote did not answer, or refused access.</summary>
    Unreachable,

    /// <summary>There is no such branch, tag or commit.</summary>
    UnknownRef,

    /// <summary>The tree is larger than the limit.</summary>
    TooLarge,

    /// <summary>The patch breaks a rule, or does not apply to its base.</summary>
    PatchRefused,

    /// <summary>The target repository did not take the push.</summary>
    PushRefused,

    /// <summary>git itself is missing, too old, or failed in a way that is none of the above.</summary>
    GitFailed,
}

/// <summary>A repository cannot be used as asked. The message is one line for people: what was wrong and what to do.</summary>
public sealed class RepositoryException : Exception
{
    /// <summary>Creates the exception.</summary>
    public RepositoryException(RepositoryErrorKind kind, string message, Exception? innerException = null)
        : base(message, innerException) => Kind = kind;

    /// <summary>What kind of trouble it is.</summary>
    public RepositoryErrorKind Kind { get; }

    /// <summary>
    /// Whether the repository did not answer for a reason that passes by itself: a network that broke, a host that is not well, a token that
    /// could not be had at this moment. <see langword="false"/> when it refused, or when nobody can tell.
    /// </summary>
    public bool IsPassing { get; init; }

    /// <summary>How long to wait before the next try, when the repository's host said so.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
