using Microsoft.Extensions.Configuration;

namespace CodexService.GitHub.Configuration;

/// <summary>Where people, browsers and git find this GitHub.</summary>
public static class GitHubHost
{
    private const string SchemeEnd = "://";

    /// <summary>That of the configured API (<c>GITHUB_API_URL</c>), else <c>https://github.com</c>.</summary>
    public static Uri From(IConfiguration configuration)
    {
        var api = configuration["GITHUB_API_URL"] is { Length: > 0 } given ? given : configuration["GitHub:ApiUrl"];
        return Of(Uri.TryCreate(api, UriKind.Absolute, out var url) ? url : new Uri("https://api.github.com"));
    }

    /// <summary><c>https://github.com</c> for GitHub's own API; for every other its own host, as an Enterprise Server's API lies below it.</summary>
    public static Uri Of(Uri api) => api.Host.Equals("api.github.com", StringComparison.OrdinalIgnoreCase) ? new Uri("https://github.com") : new Uri(api.GetLeftPart(UriPartial.Authority));

    /// <summary>
    /// Owner and name of an address on this host (<c>https://host/owner/name.git</c>, <c>ssh://git@host/owner/name.git</c>,
    /// <c>git@host:owner/name.git</c>); <see langword="null"/> for every other, also for the host over HTTP where it speaks HTTPS: no token is sent there.
    /// </summary>
    public static RepositoryName? NameOf(Uri host, string address)
    {
        var at = address.IndexOf(SchemeEnd, StringComparison.Ordinal);
        if (at > 0 && address[..at] is "http" or "https" && address[..at] != host.Scheme)
        {
            return null;
        }

        var rest = at > 0 ? address[(at + SchemeEnd.Length)..] : address.Replace(':', '/');
        rest = rest[(rest.IndexOf('@', StringComparison.Ordinal) + 1)..];
        if (!rest.StartsWith(host.Authority + "/", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var path = rest[(host.Authority.Length + 1)..].Trim('/');
        path = path.EndsWith(".git", StringComparison.OrdinalIgnoreCase) ? path[..^4] : path;
        return RepositoryName.TryParse(path, out var name) ? name : null;
    }
}
