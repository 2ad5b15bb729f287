namespace CodexService.GitHub.Rest;

/// <summary>An account's installation of the App.</summary>
/// <param name="Id">GitHub's id of it.</param>
/// <param name="Repositories">Those it may work in, at most 1000; none while it is suspended.</param>
/// <param name="IsWhole">Whether these are all.</param>
public sealed record AppInstallation(long Id, IReadOnlyList<InstalledRepositoryName> Repositories, bool IsWhole);

/// <summary>A repository as a list names it.</summary>
/// <param name="Id">GitHub's id of it, which stays when it is renamed.</param>
/// <param name="FullName">As <c>owner/name</c>.</param>
public sealed record InstalledRepositoryName(long Id, string FullName);
