using System.Collections.Concurrent;
using CodexService.GitHub;

namespace CodexService.PullRequests.Reporting;

/// <summary>Remembers, as long as the process lives, where GitHub lets these credentials write no check runs; there a commit status takes their place. Thread-safe.</summary>
internal sealed class CheckRefusals
{
    private readonly ConcurrentDictionary<RepositoryName, byte> refused = new();

    /// <summary>Whether a check run was refused.</summary>
    public bool Has(RepositoryName repository) => refused.ContainsKey(repository);

    /// <summary>Remembers it.</summary>
    public void Add(RepositoryName repository) => refused.TryAdd(repository, 0);
}
