using CodexService.GitHub.Webhooks;

namespace CodexService.Api.Webhooks;

/// <summary>The secret that deliveries are signed with. Thread-safe.</summary>
internal sealed class WebhookSecret(WebhookSignature? configured)
{
    /// <summary>The check of signatures; <see langword="null"/> when no secret is known.</summary>
    public ValueTask<WebhookSignature?> FindAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(configured);
    }
}
