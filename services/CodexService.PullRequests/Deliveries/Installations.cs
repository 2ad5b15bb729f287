using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.GitHub.Webhooks;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.GitHubLink;

namespace CodexService.PullRequests.Deliveries;

/// <summary>Keeps the list of repositories that the App is installed on, as GitHub tells of it and as it says when it is asked. Thread-safe.</summary>
internal sealed class Installations(GitHubLinks links, IGitHub github)
{
    /// <summary>
    /// Asks GitHub for all of it: what was installed before the webhook worked, and what a delivery told that came late. Does nothing
    /// without an App.
    /// </summary>
    /// <exception cref="GitHubException">GitHub could not be asked.</exception>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var askedAt = await links.NowAsync(cancellationToken);
        if (await github.ListInstallationsAsync(cancellationToken) is not { } installations)
        {
            return;
        }

        foreach (var one in installations)
        {
            var named = Named(one.Repositories.Select(repository => (repository.Id, repository.FullName)));
            await (one.IsWhole
                ? links.ReplaceInstalledAsync(one.Id, named, askedAt, cancellationToken)
                : links.SaveInstalledAsync(one.Id, named, installed: true, askedAt, cancellationToken));
        }

        await links.KeepInstallationsAsync([.. installations.Select(one => one.Id)], askedAt, cancellationToken);
    }

    /// <summary>Whether a delivery tells of that.</summary>
    public static bool Tells(Delivery delivery) => delivery.Event is "installation" or "installation_repositories";

    /// <summary>Notes what it tells.</summary>
    public async Task<TriggerOutcome> KeepAsync(Delivery delivery, WebhookPayload payload, CancellationToken cancellationToken)
    {
        if (payload.Installation is not { } installation)
        {
            return new TriggerOutcome(DeliveryState.Ignored, "it names no installation");
        }

        var (got, lost) = (delivery.Event, payload.Action) switch
        {
            ("installation", "created" or "unsuspend" or "new_permissions_accepted") => (Named(payload.Repositories), []),
            ("installation", "deleted" or "suspend") => ([], Named(payload.Repositories)),
            ("installation_repositories", _) => (Named(payload.RepositoriesAdded), Named(payload.RepositoriesRemoved)),
            _ => ([], []),
        };
        await links.SaveInstalledAsync(installation.Id, got, installed: true, delivery.ReceivedAt, cancellationToken);
        await links.SaveInstalledAsync(installation.Id, lost, installed: false, delivery.ReceivedAt, cancellationToken);
        if (delivery.Event == "installation" && payload.Action is "deleted" or "suspend")
        {
            await links.RemoveInstallationAsync(installation.Id, delivery.ReceivedAt, cancellationToken);
            return new TriggerOutcome(DeliveryState.Acted, payload.Action == "deleted" ? "the App was uninstalled" : "the installation was suspended");
        }

        return got.Count + lost.Count == 0
            ? new TriggerOutcome(DeliveryState.Ignored, "it changes no repository")
            : new TriggerOutcome(DeliveryState.Acted, string.Join("; ", new[] { Line(got, "is", "are", "installed"), Line(lost, "was", "were", "taken away") }.OfType<string>()));
    }

    private static List<(long Id, string Name)> Named(IReadOnlyList<WebhookRepository>? repositories) =>
        Named((repositories ?? []).Where(one => one is not null).Select(one => (one.Id, one.FullName)));

    private static List<(long Id, string Name)> Named(IEnumerable<(long Id, string Name)> repositories) => [.. repositories.Where(one => RepositoryName.TryParse(one.Name, out _))];

    private static string? Line(List<(long Id, string Name)> repositories, string one, string many, string what) => repositories switch
    {
        [] => null,
        [var only] => $"{only.Name} {one} {what}",
        _ => $"{repositories.Count} repositories {many} {what}",
    };
}
