using CodexService.GitHub.Webhooks;
using CodexService.Tasks.GitHubLink;
using Microsoft.Extensions.Caching.Memory;

namespace CodexService.Api.Webhooks;

/// <summary>The secret that deliveries are signed with: the configured one, else that of an App that was made from the dashboard. Thread-safe.</summary>
internal sealed class WebhookSecret(WebhookSignature? configured, GitHubLinks links, IMemoryCache cache)
{
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(5);

    /// <summary>Where it is from, and what to do about deliveries that are not signed with it; for who runs the service, not for who sends.</summary>
    public string Source => configured is not null
        ? $"it has to be signed with what is in {WebhookOptions.SecretName}: put that into the webhook's settings on GitHub, field Secret"
        : $"it has to be signed with the secret of the App that was made on the dashboard; to take other webhooks, set {WebhookOptions.SecretName} here and in their settings on GitHub, field Secret";

    /// <summary>The check of signatures; <see langword="null"/> when no secret is known.</summary>
    public async ValueTask<WebhookSignature?> FindAsync(CancellationToken cancellationToken)
    {
        if (configured is not null)
        {
            return configured;
        }

        if (!cache.TryGetValue(typeof(WebhookSecret), out WebhookSignature? stored))
        {
            stored = await links.FindWebhookSecretAsync(cancellationToken) is { } secret ? new WebhookSignature(secret) : null;
            cache.Set(typeof(WebhookSecret), stored, Remembered);
        }

        return stored;
    }
}
