namespace CodexService.Tasks.Deliveries;

/// <summary>When somebody last said on an issue or pull request that work should stop: what was asked for before that is not begun any more.</summary>
public sealed class StopSaid
{
    /// <summary>GitHub's id of the repository.</summary>
    public required long RepositoryId { get; init; }

    /// <summary>Issue or pull request.</summary>
    public required int Number { get; init; }

    /// <summary>When it was said, which may be long before the delivery that told of it came.</summary>
    public required DateTimeOffset SaidAt { get; init; }
}
