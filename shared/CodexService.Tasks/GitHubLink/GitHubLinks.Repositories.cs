using System.Text.Json;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using Microsoft.EntityFrameworkCore;

namespace CodexService.Tasks.GitHubLink;

/// <content>The repositories that GitHub tells of.</content>
public sealed partial class GitHubLinks
{
    private const int MostRepositories = 200;

    /// <summary>Notes which repositories an installation of the App got or lost. What was told later stays, in whatever order it is stored.</summary>
    /// <param name="installationId">GitHub's id of the installation.</param>
    /// <param name="repositories">Ids and names as <c>owner/name</c>.</param>
    /// <param name="installed">Whether it got them.</param>
    /// <param name="toldAt">When GitHub told so, on the database's clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task SaveInstalledAsync(
        long installationId, IReadOnlyCollection<(long Id, string Name)> repositories, bool installed, DateTimeOffset toldAt, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var distinct = repositories.DistinctBy(repository => repository.Id).OrderBy(repository => repository.Id).ToList();
        long[] ids = [.. distinct.Select(repository => repository.Id)];
        string[] names = [.. distinct.Select(repository => repository.Name)];

        // Another installation's may be there since: this one has lost nothing then.
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO installed_repositories (repository_id, repository, installation_id, installed, told_at)
            SELECT id, name, {installationId}, {installed}, {toldAt} FROM unnest({ids}, {names}) AS told (id, name)
            ON CONFLICT (repository_id) DO UPDATE SET repository = excluded.repository, installation_id = excluded.installation_id, installed = excluded.installed, told_at = excluded.told_at
            WHERE installed_repositories.told_at <= excluded.told_at
                AND (excluded.installed OR installed_repositories.installation_id = excluded.installation_id)
            """,
            cancellationToken);
    }

    /// <summary>Notes that an installation of the App has no repositories any more.</summary>
    public async Task RemoveInstallationAsync(long installationId, DateTimeOffset toldAt, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"UPDATE installed_repositories SET installed = false, told_at = {toldAt} WHERE installation_id = {installationId} AND told_at <= {toldAt}", cancellationToken);
    }

    /// <summary>The time on the database's clock, for what GitHub is about to be asked.</summary>
    public async Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Database.SqlQuery<DateTimeOffset>($"SELECT clock_timestamp() AS \"Value\"").SingleAsync(cancellationToken);
    }

    /// <summary>Notes that an installation has these repositories and no others, but for what was told later.</summary>
    /// <param name="installationId">GitHub's id of the installation.</param>
    /// <param name="repositories">Ids and names as <c>owner/name</c>.</param>
    /// <param name="askedAt">From before GitHub was asked, on the database's clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ReplaceInstalledAsync(long installationId, IReadOnlyCollection<(long Id, string Name)> repositories, DateTimeOffset askedAt, CancellationToken cancellationToken)
    {
        await SaveInstalledAsync(installationId, repositories, installed: true, askedAt, cancellationToken);
        long[] ids = [.. repositories.Select(repository => repository.Id)];
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE installed_repositories SET installed = false, told_at = {askedAt}
            WHERE installation_id = {installationId} AND installed AND told_at <= {askedAt} AND repository_id <> ALL({ids})
            """,
            cancellationToken);
    }

    /// <summary>Notes that there are no installations but these, but for what was told later.</summary>
    public async Task KeepInstallationsAsync(IReadOnlyCollection<long> installationIds, DateTimeOffset askedAt, CancellationToken cancellationToken)
    {
        long[] ids = [.. installationIds];
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"UPDATE installed_repositories SET installed = false, told_at = {askedAt} WHERE installed AND told_at <= {askedAt} AND installation_id <> ALL({ids})", cancellationToken);
    }

    /// <summary>
    /// Repositories that deliveries came from, the liveliest first, then the others that the App is installed on, at most 200. Those that
    /// it was taken from are not among them.
    /// </summary>
    public async Task<IReadOnlyList<GitHubRepositoryInfo>> RepositoriesAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var seen = await db.Deliveries.AsNoTracking()
            .Where(d => d.Repository != null && !db.InstalledRepositories.Any(lost => !lost.Installed && lost.Repository == d.Repository && lost.ToldAt >= d.ReceivedAt))
            .GroupBy(d => d.Repository!)
            .Select(group => new { Name = group.Key, Count = group.Count(), Last = (DateTimeOffset?)group.Max(d => d.ReceivedAt) })
            .OrderByDescending(repository => repository.Last)
            .Take(MostRepositories)
            .ToListAsync(cancellationToken);
        var names = seen.ConvertAll(repository => repository.Name);
        var silent = await db.InstalledRepositories.AsNoTracking()
            .Where(repository => repository.Installed && !names.Contains(repository.Repository))
            .OrderBy(repository => repository.Repository)
            .Take(MostRepositories - names.Count)
            .Select(repository => new { Name = repository.Repository, Count = 0, Last = (DateTimeOffset?)null })
            .ToListAsync(cancellationToken);
        names.AddRange(silent.Select(repository => repository.Name));
        var tasks = await db.TaskOrigins.Where(o => names.Contains(o.Repository)).GroupBy(o => o.Repository)
            .Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(group => group.Key, group => group.Count, cancellationToken);
        var triggers = await db.RepositoryTriggers.AsNoTracking().Where(t => names.Contains(t.Repository))
            .ToDictionaryAsync(t => t.Repository, t => JsonSerializer.Deserialize<RepositoryTriggers>(t.Settings, JsonConventions.Options), cancellationToken);
        var pulls = await PullRequestOutcomes.CountAsync(db, names, cancellationToken);
        return [.. seen.Concat(silent).Select(repository => new GitHubRepositoryInfo(
            repository.Name, repository.Count, repository.Last, tasks.GetValueOrDefault(repository.Name), triggers.GetValueOrDefault(repository.Name))
            {
                PullRequests = pulls.GetValueOrDefault(repository.Name) ?? new(0, 0, 0),
            })];
    }
}
