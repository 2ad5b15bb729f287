using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace CodexService.GitHub.Credentials;

/// <summary>
/// The token with which a GitHub App speaks for itself: RFC 7519, RS256, at most ten minutes
/// (docs.github.com, "Generating a JSON Web Token (JWT) for a GitHub App").
/// </summary>
internal static class AppJwt
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(9);

    // GitHub advises to date it a minute back: its clock and ours differ.
    private static readonly TimeSpan ClockDrift = TimeSpan.FromMinutes(1);

    /// <summary>A token from now on.</summary>
    public static (string Token, DateTimeOffset Expires) Create(string appId, RSA key, DateTimeOffset now)
    {
        var expires = now + Life;
        var head = Encode(JsonSerializer.SerializeToUtf8Bytes(new { alg = "RS256", typ = "JWT" }));
        var body = Encode(JsonSerializer.SerializeToUtf8Bytes(new { iat = (now - ClockDrift).ToUnixTimeSeconds(), exp = expires.ToUnixTimeSeconds(), iss = appId }));
        var signature = key.SignData(Encoding.ASCII.GetBytes($"{head}.{body}"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return ($"{head}.{body}.{Encode(signature)}", expires);
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);
}
