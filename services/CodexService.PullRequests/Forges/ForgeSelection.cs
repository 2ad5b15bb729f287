using CodexService.Repositories;
using CodexService.Tasks.PullRequests;

namespace CodexService.PullRequests.Forges;

/// <summary>Chooses the forge of a repository by its address. Thread-safe.</summary>
internal sealed class ForgeSelection(IEnumerable<IForge> forges)
{
    // The built-in review comes last, as it serves every repository; a forge registered again under a name takes the earlier one's place.
    private readonly IReadOnlyList<IForge> known =
        [.. forges.GroupBy(forge => forge.Name, StringComparer.Ordinal).Select(same => same.Last()).OrderBy(forge => forge.Name == ForgeNames.Local)];

    /// <summary>The first forge that serves the repository; the built-in review serves all.</summary>
    public IForge For(RepositoryAddress repository) => known.First(forge => forge.Serves(repository));
}
