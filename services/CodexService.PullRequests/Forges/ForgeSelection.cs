using CodexService.Repositories;

namespace CodexService.PullRequests.Forges;

/// <summary>Chooses the forge of a repository by its address. Thread-safe.</summary>
internal sealed class ForgeSelection(IEnumerable<IForge> forges)
{
    // In the order of registration; one that is registered twice in tests replaces the earlier.
    private readonly IReadOnlyList<IForge> known = [.. forges.GroupBy(forge => forge.Name, StringComparer.Ordinal).Select(same => same.Last())];

    /// <summary>The first forge that serves the repository; the built-in review serves all.</summary>
    public IForge For(RepositoryAddress repository) => known.First(forge => forge.Serves(repository));
}
