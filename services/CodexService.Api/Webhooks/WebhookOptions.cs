using System.ComponentModel.DataAnnotations;
using CodexService.GitHub.Webhooks;
using CodexService.ServiceDefaults.Configuration;

namespace CodexService.Api.Webhooks;

/// <summary>Settings of the webhook endpoint, section <c>Webhooks</c>.</summary>
public sealed class WebhookOptions
{
    internal const string Section = "Webhooks";
    internal const string SecretName = "CODEX_GITHUB_WEBHOOK_SECRET";

    /// <summary>Largest body in bytes. Default and most 25 MiB, GitHub's own limit.</summary>
    [Range(1024, 25 << 20, ErrorMessage = "Webhooks:MaxBodyBytes has to be from 1024 to 26214400 bytes.")]
    public int MaxBodyBytes { get; set; } = 25 << 20;

    /// <summary>How long a body may take to arrive. Default 15 s, as GitHub itself gives up after 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00", ErrorMessage = "Webhooks:BodyTime has to be from one second to 5 minutes.")]
    public TimeSpan BodyTime { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long deliveries are kept for the dashboard and for handling them again. Default 14 days.</summary>
    [Range(typeof(TimeSpan), "3.00:00:00", "365.00:00:00", ErrorMessage = "Webhooks:KeptFor has to be from three days, for which GitHub is asked for what it could not deliver, to 365 days.")]
    public TimeSpan KeptFor { get; set; } = TimeSpan.FromDays(14);

    /// <summary>Reads the secret; <see langword="null"/> when webhooks are not configured.</summary>
    /// <exception cref="ConfigurationException">It is too short to keep anybody out.</exception>
    internal static WebhookSignature? Signature(IConfiguration configuration) => configuration[SecretName]?.Trim() switch
    {
        null or "" => null,
        { Length: < 16 } => throw new ConfigurationException($"{SecretName} is too short: take at least 16 random characters, for example from \"openssl rand -hex 32\", and give the webhook on GitHub the same."),
        var secret => new WebhookSignature(secret),
    };
}
