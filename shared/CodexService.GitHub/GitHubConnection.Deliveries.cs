using CodexService.GitHub.Credentials;
using CodexService.GitHub.Rest;
using CodexService.GitHub.Transport;

namespace CodexService.GitHub;

/// <content>Deliveries to the App's webhook (docs.github.com/rest/apps/webhooks).</content>
internal sealed partial class GitHubConnection
{
    private const int MostDeliveries = 500;

    public async Task<IReadOnlyList<HookDelivery>> ListFailedDeliveriesAsync(CancellationToken cancellationToken) => Current() is InstallationTokens app
        ? await transport.ListAsync<List<HookDelivery>, HookDelivery>(
            new GitHubRequest(HttpMethod.Get, "app/hook/deliveries?status=failure&per_page=100", "read what could not be delivered"), app.AppToken(), MostDeliveries, page => page, cancellationToken)
        : [];

    public async Task RedeliverAsync(long id, CancellationToken cancellationToken)
    {
        if (Current() is InstallationTokens app)
        {
            await transport.SendAsync(
                new GitHubRequest(HttpMethod.Post, $"app/hook/deliveries/{id}/attempts", "ask for a delivery once more") { CreatesContent = false }, app.AppToken(), cancellationToken);
        }
    }
}
