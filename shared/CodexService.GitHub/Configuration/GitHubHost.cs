using Microsoft.Extensions.Configuration;

namespace CodexService.GitHub.Configuration;

/// <summary>Where people, browsers and git find this GitHub.</summary>
public static class GitHubHost
{
    /// <summary>
    /// <c>https://github.com</c> for GitHub's own API; for every other <c>GITHUB_API_URL</c> its own host, as an Enterprise
    /// Server's API lies below it.
    /// </summary>
    public static Uri From(IConfiguration configuration)
    {
        var api = configuration["GITHUB_API_URL"] is { Length: > 0 } given ? given : configuration["GitHub:ApiUrl"];
        return Uri.TryCreate(api, UriKind.Absolute, out var url) && !url.Host.Equals("api.github.com", StringComparison.OrdinalIgnoreCase)
            ? new Uri(url.GetLeftPart(UriPartial.Authority))
            : new Uri("https://github.com");
    }
}
