namespace CodexService.GitHub.Rest;

/// <summary>Check runs (docs.github.com/rest/checks); only an App may write them.</summary>
public interface ICheckRuns
{
    /// <summary>Check runs of a commit, the newest of each name, at most 1,000.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="name">Only those of this name; <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<CheckRun>> ListAsync(string commit, string? name, CancellationToken cancellationToken);

    /// <summary>What a check run marked on lines, at most 1,000.</summary>
    Task<IReadOnlyList<CheckAnnotation>> ListAnnotationsAsync(long id, CancellationToken cancellationToken);

    /// <summary>Makes one.</summary>
    Task<CheckRun> CreateAsync(NewCheckRun run, CancellationToken cancellationToken);

    /// <summary>Changes one.</summary>
    Task<CheckRun> UpdateAsync(long id, CheckRunUpdate update, CancellationToken cancellationToken);
}

/// <summary>A check run.</summary>
/// <param name="Id">Id.</param>
/// <param name="Name">Name.</param>
/// <param name="HeadSha">Commit that it is about.</param>
/// <param name="Status"><c>queued</c>, <c>in_progress</c> or <c>completed</c>.</param>
/// <param name="Conclusion"><c>success</c>, <c>neutral</c>, <c>failure</c>, …; <see langword="null"/> before it is completed.</param>
/// <param name="ExternalId">Our own id of it.</param>
public sealed record CheckRun(long Id, string Name, string HeadSha, string Status, string? Conclusion, string? ExternalId)
{
    /// <summary>What people read of it.</summary>
    public CheckRunOutput? Output { get; init; }
}

/// <summary>What people read of a check run that somebody made.</summary>
public sealed record CheckRunOutput(string? Title, string? Summary, string? Text);

/// <summary>A check run to make.</summary>
public sealed record NewCheckRun(string Name, string HeadSha, string Status)
{
    /// <summary>Our own id of it.</summary>
    public string? ExternalId { get; init; }

    /// <summary>Where people read more.</summary>
    public string? DetailsUrl { get; init; }

    /// <summary>How it ended; completes it.</summary>
    public string? Conclusion { get; init; }

    /// <summary>What people read.</summary>
    public CheckOutput? Output { get; init; }
}

/// <summary>What changes of a check run; what is <see langword="null"/> stays.</summary>
public sealed record CheckRunUpdate
{
    /// <summary><c>queued</c>, <c>in_progress</c> or <c>completed</c>.</summary>
    public string? Status { get; init; }

    /// <summary>How it ended; completes it.</summary>
    public string? Conclusion { get; init; }

    /// <summary>What people read.</summary>
    public CheckOutput? Output { get; init; }
}

/// <summary>What people read of a check run.</summary>
/// <param name="Title">One line.</param>
/// <param name="Summary">Markdown, at most 65,535 characters.</param>
public sealed record CheckOutput(string Title, string Summary)
{
    /// <summary>Marks on lines, at most 50 a call.</summary>
    public IReadOnlyList<CheckAnnotation>? Annotations { get; init; }
}

/// <summary>A mark on lines of a file.</summary>
/// <param name="Path">Path in the repository.</param>
/// <param name="StartLine">First line.</param>
/// <param name="EndLine">Last line.</param>
/// <param name="AnnotationLevel"><c>notice</c>, <c>warning</c> or <c>failure</c>.</param>
/// <param name="Message">Text.</param>
public sealed record CheckAnnotation(string Path, int StartLine, int EndLine, string AnnotationLevel, string Message);
