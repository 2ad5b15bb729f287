using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace CodexService.GitHub.Webhooks;

/// <summary>Checks the signature of one body while it arrives, so that a large one is not gone through once more at its end. Not thread-safe.</summary>
public sealed class SignatureCheck : IDisposable
{
    private const string Prefix = "sha256=";
    private readonly IncrementalHash hash;

    internal SignatureCheck(byte[] secret) => hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);

    /// <summary>Takes the next raw bytes of the body.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => hash.AppendData(bytes);

    /// <summary>Whether all that was taken was signed with the secret. Takes the same time wherever the signature is wrong. To be asked once.</summary>
    /// <param name="signature">Value of the header.</param>
    public bool IsValid([NotNullWhen(true)] string? signature)
    {
        if (signature is null || signature.Length != Prefix.Length + (2 * SHA256.HashSizeInBytes) || !signature.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        Span<byte> claimed = stackalloc byte[SHA256.HashSizeInBytes];
        return Convert.FromHexString(signature.AsSpan(Prefix.Length), claimed, out _, out var written) == System.Buffers.OperationStatus.Done
            && written == claimed.Length
            && CryptographicOperations.FixedTimeEquals(hash.GetHashAndReset(), claimed);
    }

    /// <inheritdoc/>
    public void Dispose() => hash.Dispose();
}
