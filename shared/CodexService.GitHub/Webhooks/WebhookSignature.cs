using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace CodexService.GitHub.Webhooks;

/// <summary>
/// Proves that a delivery comes from GitHub: HMAC-SHA256 over the raw body in the header <c>X-Hub-Signature-256</c>
/// (docs.github.com, "Validating webhook deliveries"). Thread-safe.
/// </summary>
public sealed class WebhookSignature
{
    /// <summary>Name of the header.</summary>
    public const string Header = "X-Hub-Signature-256";

    private readonly byte[] secret;

    /// <summary>Signatures made with this secret.</summary>
    /// <exception cref="ArgumentException">The secret is empty: everybody could sign.</exception>
    public WebhookSignature(string secret)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(secret);
        this.secret = Encoding.UTF8.GetBytes(secret);
    }

    /// <summary>The check of one body.</summary>
    public SignatureCheck Begin() => new(secret);

    /// <summary>Whether the body was signed with the secret. Takes the same time wherever the signature is wrong.</summary>
    /// <param name="body">The raw bytes as they came.</param>
    /// <param name="signature">Value of the header.</param>
    public bool IsValid(ReadOnlySpan<byte> body, [NotNullWhen(true)] string? signature)
    {
        using var check = Begin();
        check.Append(body);
        return check.IsValid(signature);
    }
}
