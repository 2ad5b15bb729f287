using CodexService.Contracts.Api;
using CodexService.GitHub;
using CodexService.GitHub.Webhooks;
using CodexService.Tasks.Deliveries;
using CodexService.Tasks.GitHubLink;

namespace CodexService.PullRequests.Deliveries;

/// <summary>Keeps the list of repositories that the App is installed on, as GitHub tells of it. Thread-safe.</summary>
internal sealed class Installations(GitHubLinks links)
{
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
        [.. (repositories ?? []).Where(one => RepositoryName.TryParse(one?.FullName, out _)).Select(one => (one.Id, one.FullName))];

    private static string? Line(List<(long Id, string Name)> repositories, string one, string many, string what) => repositories switch
    {
        [] => null,
        [var only] => $"{only.Name} {one} {what}",
        _ => $"{repositories.Count} repositories {many} {what}",
    };
}
