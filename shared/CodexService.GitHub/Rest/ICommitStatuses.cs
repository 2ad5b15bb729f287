namespace CodexService.GitHub.Rest;

/// <summary>Commit statuses (docs.github.com/rest/commits/statuses): what a personal token may write in place of check runs.</summary>
public interface ICommitStatuses
{
    /// <summary>Sets the status of a commit; of several with the same context the newest counts, so that a repetition does no harm.</summary>
    Task CreateAsync(string commit, NewCommitStatus status, CancellationToken cancellationToken);
}

/// <summary>A status to set.</summary>
/// <param name="State"><c>pending</c>, <c>success</c>, <c>failure</c> or <c>error</c>.</param>
/// <param name="Context">Name of the check.</param>
/// <param name="Description">One line, at most 140 characters.</param>
public sealed record NewCommitStatus(string State, string Context, string Description)
{
    /// <summary>Where people read more.</summary>
    public string? TargetUrl { get; init; }
}
