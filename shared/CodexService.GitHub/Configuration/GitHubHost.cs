using Microsoft.Extensions.Configuration;

namespace CodexService.GitHub.Configuration;

/// <summary>Where people, browsers and git find this GitHub.</summary>
public static class GitHubHost
{
    /// <summary>That of the configured API (<c>GITHUB_API_URL</c>), else <c>https://github.com</c>.</summary>
    /// <exception cref="ServiceDefaults.Configuration.ConfigurationException">The address is not usable; the message names the setting and the fix.</exception>
    public static Uri From(IConfiguration configuration) => Of(GitHubConfiguration.ApiUrl(configuration, new GitHubOptions().ApiUrl));

    /// <summary><c>https://github.com</c> for GitHub's own API; for every other its own host, as an Enterprise Server's API lies below it.</summary>
    public static Uri Of(Uri api) => api.Host.Equals("api.github.com", StringComparison.OrdinalIgnoreCase) ? new Uri("https://github.com") : new Uri(api.GetLeftPart(UriPartial.Authority));

    /// <summary>
    /// Owner and name of an address on this host (<c>https://host/owner/name.git</c>, <c>ssh://git@host/owner/name.git</c>,
    /// <c>git@host:owner/name.git</c>); <see langword="null"/> for every other, also for the host over HTTP where it speaks HTTPS: no token is sent there.
    /// </summary>
    public static RepositoryName? NameOf(Uri host, string address)
    {
        var path = address.Contains("://", StringComparison.Ordinal) ? PathOfUrl(host, address) : PathOfScp(host, address);
        path = path?.Trim('/');
        path = path?.EndsWith(".git", StringComparison.OrdinalIgnoreCase) == true ? path[..^4] : path;
        return path is not null && RepositoryName.TryParse(path, out var name) ? name : null;
    }

    // Read by the parser that git's address was normalised with: an '@' or a second host may stand anywhere in a path.
    private static string? PathOfUrl(Uri host, string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Host.Equals(host.Host, StringComparison.OrdinalIgnoreCase)
            && (url.Scheme == host.Scheme ? url.Port == host.Port : url.Scheme == "ssh")
            ? url.AbsolutePath
            : null;

    private static string? PathOfScp(Uri host, string address)
    {
        var colon = address.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return null;
        }

        var place = address[..colon];
        return place[(place.LastIndexOf('@') + 1)..].Equals(host.Host, StringComparison.OrdinalIgnoreCase) ? address[(colon + 1)..] : null;
    }
}
