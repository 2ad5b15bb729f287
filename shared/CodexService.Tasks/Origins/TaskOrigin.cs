namespace CodexService.Tasks.Origins;

/// <summary>The issue or pull request on GitHub that a task came from. Never changed.</summary>
public sealed class TaskOrigin
{
    /// <summary>The task.</summary>
    public required Guid TaskId { get; init; }

    /// <summary>Repository as <c>owner/name</c>.</summary>
    public required string Repository { get; init; }

    /// <summary>GitHub's id of it, which a new name does not change; <see langword="null"/> for tasks older than that is kept.</summary>
    public long? RepositoryId { get; init; }

    /// <summary>Number of the issue or pull request.</summary>
    public required int Number { get; init; }

    /// <summary>Whether <see cref="Number"/> is a pull request that somebody else opened.</summary>
    public required bool IsPullRequest { get; init; }

    /// <summary>Login of who asked; had write access at that moment.</summary>
    public required string RequestedBy { get; init; }

    /// <summary>Id of that account; <see langword="null"/> when the delivery did not tell it.</summary>
    public long? RequestedById { get; init; }

    /// <summary>Address of the issue or pull request for people.</summary>
    public required string Url { get; init; }

    /// <summary>Title of the issue or pull request when the task was asked for; hostile text.</summary>
    public required string Title { get; init; }

    /// <summary>When it was asked for, which may be long before the task was made; <see langword="null"/> for tasks older than that is kept.</summary>
    public DateTimeOffset? SaidAt { get; init; }

    /// <summary>Comment that asked; <see langword="null"/> when a label or an assignment did.</summary>
    public long? CommentId { get; init; }
}
