using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace CodexService.Repositories;

/// <summary>
/// Where a repository is: an absolute local path or a clone URL. Parsing normalises it and refuses everything that git
/// would take for an option, a helper program or a relative path. A password in the URL is kept apart: it reaches git
/// through the environment and appears in no text, command line or cache.
/// </summary>
public sealed partial class RepositoryAddress : IEquatable<RepositoryAddress>
{
    private const int MaxLength = 4096;
    private const string Accepted = "use an absolute path or an https, http, ssh, git or file URL";

    private RepositoryAddress(string value, bool isLocal, string? authorization = null)
    {
        Value = value;
        IsLocal = isLocal;
        Authorization = authorization;
    }

    /// <summary>The normal form, without any password; safe to show and to log, and what git is given.</summary>
    public string Value { get; }

    /// <summary>Whether it is a folder of this machine.</summary>
    public bool IsLocal { get; }

    /// <summary>Whether the URL carried a user name or password, which <see cref="Value"/> leaves out.</summary>
    public bool HasCredentials => Authorization is not null;

    /// <summary>Value of the HTTP Authorization header made from the URL's user and password.</summary>
    internal string? Authorization { get; }

    /// <summary>Name of the cache folder: stable, and the same for every spelling of the same address.</summary>
    internal string CacheKey => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Value)))[..40];

    /// <summary>Parses <paramref name="text"/>.</summary>
    /// <exception cref="RepositoryException">The text is no acceptable address; the message says why.</exception>
    public static RepositoryAddress Parse(string text) =>
        TryParse(text, out var address, out var error) ? address : throw new RepositoryException(RepositoryErrorKind.BadAddress, error);

    /// <summary>Parses <paramref name="text"/>; <paramref name="error"/> is one line for people when it is not acceptable.</summary>
    public static bool TryParse(
        string? text,
        [NotNullWhen(true)] out RepositoryAddress? address,
        [NotNullWhen(false)] out string? error)
    {
        address = null;
        text = text?.Trim() ?? "";
        error = text switch
        {
            "" => $"the repository is missing; {Accepted}",
            { Length: > MaxLength } => $"the repository address has {text.Length} characters; at most {MaxLength} are allowed",
            _ when text.Any(char.IsControl) => "the repository address contains control characters",
            _ when text[0] == '-' => $"the repository address starts with '-'; {Accepted}",
            _ => null,
        };
        if (error is not null)
        {
            return false;
        }

        address = text[0] == '/' ? Local(text)
            : text.Contains("://", StringComparison.Ordinal) ? Url(text, out error)
            : ScpLike().IsMatch(text) ? new RepositoryAddress(text, isLocal: false)
            : null;
        if (address is null)
        {
            error ??= text.Contains("::", StringComparison.Ordinal)
                ? $"git's helper addresses (with '::') are not allowed; {Accepted}"
                : $"'{Shorten(text)}' is neither an absolute path nor a clone URL; {Accepted}";
            return false;
        }

        error = null;
        return true;
    }

    /// <summary>
    /// The same repository with a hosting service's access token, for as long as the token is good; unchanged where git does not
    /// speak HTTP.
    /// </summary>
    public RepositoryAddress WithToken(string token) => Value.StartsWith("https://", StringComparison.Ordinal) || Value.StartsWith("http://", StringComparison.Ordinal)
        ? new(Value, IsLocal, "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"x-access-token:{token}")))
        : this;

    /// <inheritdoc/>
    public override string ToString() => Value;

    /// <inheritdoc/>
    public bool Equals(RepositoryAddress? other) => other is not null && string.Equals(Value, other.Value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RepositoryAddress);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Value);

    private static RepositoryAddress Local(string path) =>
        new(Path.GetFullPath(path) is { Length: > 1 } full ? full.TrimEnd('/') : "/", isLocal: true);

    private static RepositoryAddress? Url(string text, out string? error)
    {
        error = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
        {
            error = "the repository URL cannot be read; check it for typing errors";
            return null;
        }

        if (url.IsFile)
        {
            var path = Uri.UnescapeDataString(url.AbsolutePath);
            error = url.Host is not ("" or "localhost") ? "a file URL must not name a host; write file:///path"
                : path.Any(char.IsControl) ? "the repository address contains control characters"
                : null;
            return error is null ? Local(path) : null;
        }

        error = url.Scheme is not ("https" or "http" or "ssh" or "git") ? $"'{Shorten(url.Scheme)}' URLs are not supported; {Accepted}"
            : url.Host.Length == 0 || url.Host[0] == '-' ? "the repository URL has no valid host"
            : url.AbsolutePath.Length <= 1 ? $"the repository URL names only the host {url.Host}, not a repository on it"
            : url.Query.Length > 0 || url.Fragment.Length > 0 ? "the repository URL must not contain '?' or '#'"
            : null;
        if (error is not null)
        {
            return null;
        }

        var place = url.GetComponents(UriComponents.HostAndPort | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');
        if (url.IsDefaultPort)
        {
            place = url.GetComponents(UriComponents.Host | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');
        }

        var user = Uri.UnescapeDataString(url.UserInfo.Split(':')[0]);
        if (url.Scheme == "ssh" && user.Length > 0)
        {
            if (!UserName().IsMatch(user))
            {
                error = "the repository URL's user name is not valid";
                return null;
            }

            // ssh takes no password from a URL; it is dropped here rather than shown.
            return new RepositoryAddress($"ssh://{user}@{place}", isLocal: false);
        }

        // On the web a lone user name is often a token, so both parts count as secret.
        var authorization = url.Scheme is "https" or "http" && url.UserInfo.Length > 0
            ? "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(
                Uri.UnescapeDataString(url.UserInfo.Contains(':', StringComparison.Ordinal) ? url.UserInfo : url.UserInfo + ":")))
            : null;
        return new RepositoryAddress($"{url.Scheme}://{place}", isLocal: false, authorization);
    }

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "…";

    // No '/' before the colon (that would be a path), no second colon right after it (that would be a helper).
    [GeneratedRegex(@"^(?:[A-Za-z0-9_][A-Za-z0-9._-]*@)?(?:[A-Za-z0-9][A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\]):[^:\s-][^\s]*$", RegexOptions.CultureInvariant)]
    private static partial Regex ScpLike();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9._-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex UserName();
}
