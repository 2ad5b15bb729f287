using System.Collections.Concurrent;
using CodexService.GitHub;

namespace CodexService.PullRequests.Reporting;

/// <summary>
/// Remembers for an hour where GitHub lets these credentials write no check runs; there a commit status takes their place. After that it is
/// asked again, as the permission may have been granted. Thread-safe.
/// </summary>
internal sealed class CheckRefusals(TimeProvider time)
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<RepositoryName, (string Why, DateTimeOffset Until)> refused = new();

    /// <summary>Why a check run was refused, one line; <see langword="null"/> when none was in the last hour.</summary>
    public string? Of(RepositoryName repository) => refused.TryGetValue(repository, out var one) && time.GetUtcNow() < one.Until ? one.Why : null;

    /// <summary>Remembers it.</summary>
    public void Add(RepositoryName repository, string why) => refused[repository] = (why, time.GetUtcNow() + Life);
}
