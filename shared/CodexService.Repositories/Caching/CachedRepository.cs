namespace CodexService.Repositories.Caching;

/// <summary>A repository's bare copy on this machine, as fresh as its listing.</summary>
/// <param name="Address">Where it came from.</param>
/// <param name="GitDirectory">The bare repository.</param>
/// <param name="Listing">Branches and tags when it was last asked; every commit they name is in the copy.</param>
internal sealed record CachedRepository(RepositoryAddress Address, string GitDirectory, RemoteListing Listing);
