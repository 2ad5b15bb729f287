using CodexService.GitHub.Credentials;
using CodexService.GitHub.Rest;
using CodexService.GitHub.Transport;

namespace CodexService.GitHub;

/// <content>Where the App is installed (docs.github.com/rest/apps/apps and /rest/apps/installations).</content>
internal sealed partial class GitHubConnection
{
    private const int MostInstalled = 1000;

    public async Task<IReadOnlyList<AppInstallation>?> ListInstallationsAsync(CancellationToken cancellationToken)
    {
        if (Current() is not InstallationTokens app)
        {
            return null;
        }

        // All of them: those that are not in the list are gone.
        var installations = await transport.ListAsync<List<InstallationTokens.Installation>, InstallationTokens.Installation>(
            new GitHubRequest(HttpMethod.Get, "app/installations?per_page=100", "read where the App is installed"), app.AppToken(), int.MaxValue, page => page, cancellationToken);
        List<AppInstallation> all = [];
        foreach (var one in installations)
        {
            all.Add(one.SuspendedAt is null ? await ReadAsync(app, one, cancellationToken) : new AppInstallation(one.Id, [], IsWhole: true));
        }

        return all;
    }

    private async Task<AppInstallation> ReadAsync(InstallationTokens app, InstallationTokens.Installation installation, CancellationToken cancellationToken)
    {
        try
        {
            var names = await transport.ListAsync<Installed, InstalledRepositoryName>(
                new GitHubRequest(HttpMethod.Get, "installation/repositories?per_page=100", "read which repositories the App is installed on"),
                await app.MintNamesAsync(installation, cancellationToken),
                MostInstalled + 1,
                page => page.Repositories,
                cancellationToken);
            return new AppInstallation(installation.Id, [.. names.Take(MostInstalled)], names.Count <= MostInstalled);
        }
        catch (GitHubException e) when (!e.IsPassing)
        {
            // Uninstalled or suspended since it was listed: what stands against one of them stands against no other.
            return new AppInstallation(installation.Id, [], IsWhole: false);
        }
    }

    private sealed record Installed(List<InstalledRepositoryName> Repositories);
}
