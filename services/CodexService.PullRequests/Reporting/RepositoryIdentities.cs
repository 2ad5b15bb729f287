using System.Collections.Concurrent;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Forges.GitHub;

namespace CodexService.PullRequests.Reporting;

/// <summary>Whether a name on GitHub is still that of the repository that is meant; GitHub is asked once in ten minutes for each name. Thread-safe.</summary>
internal sealed class RepositoryIdentities(IGitHub github, TimeProvider time)
{
    private const int Most = 1000;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<RepositoryName, (RepositoryInfo Info, DateTimeOffset At)> known = new();

    /// <summary>Why it is another one, one line; <see langword="null"/> when it is not, or when its id is not known.</summary>
    /// <exception cref="GitHubException">GitHub could not be asked.</exception>
    public async Task<string?> WhyAnotherAsync(RepositoryName name, long? expectedId, CancellationToken cancellationToken)
    {
        if (expectedId is null)
        {
            return null;
        }

        var now = time.GetUtcNow();
        if (!known.TryGetValue(name, out var asked) || asked.At + Life <= now || asked.Info.Id != expectedId)
        {
            asked = (await github.Repository(name).GetAsync(cancellationToken), now);
            if (known.Count >= Most)
            {
                known.Clear();
            }

            known[name] = asked;
        }

        return GitHubTarget.WhyAnother(asked.Info, expectedId);
    }
}
