using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace CodexService.Tasks.AccessTokens;

/// <summary>How secrets of one kind look: a prefix that tells what they are, and 256 random bits in base64url.</summary>
internal sealed class SecretForm(string prefix)
{
    public string New() => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    // Hostile input: nothing that cannot be such a secret reaches the database.
    public bool Fits(string text) => text.Length is >= 20 and <= 100 && text.StartsWith(prefix, StringComparison.Ordinal);

    /// <summary>What is stored of it.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
