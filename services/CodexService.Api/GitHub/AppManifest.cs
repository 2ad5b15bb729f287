using System.Text.Json;
using CodexService.Api.Webhooks;
using CodexService.Contracts.Api;
using CodexService.GitHub.Configuration;

namespace CodexService.Api.GitHub;

/// <summary>
/// The manifest of our GitHub App (docs.github.com, "Registering a GitHub App from a manifest"): permissions and events, no
/// more than the service uses. Why each is needed: infra/github/README.md.
/// </summary>
internal static class AppManifest
{
    private static readonly JsonSerializerOptions AsGitHub = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static readonly Dictionary<string, string> Permissions = new(StringComparer.Ordinal)
    {
        ["contents"] = "write",
        ["pull_requests"] = "write",
        ["issues"] = "write",
        ["checks"] = "write",
        ["metadata"] = "read",
    };

    private static readonly string[] Events =
    [
        "issues", "issue_comment", "pull_request", "pull_request_review", "pull_request_review_comment", "check_run", "check_suite", "push",
    ];

    /// <summary>What is wrong with a request, one line; <see langword="null"/> for nothing.</summary>
    public static string? Problem(NewAppRequest request) =>
        !Uri.TryCreate(request.PublicUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0 || url.Query.Length > 0
            ? "public_url has to be the http or https address that GitHub and people reach this service at."
            : request.Name is not { Length: > 0 and <= 34 }
            ? "name has to be 1 to 34 characters, as GitHub asks of an App's name."
            : request.Organization is { Length: > 0 } organization && !(organization.Length <= 100 && organization.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            ? "organization has to be an account's name on GitHub, or left out for your own account."
            : null;

    /// <summary>The form.</summary>
    public static GitHubManifest Write(NewAppRequest request, IConfiguration configuration, string state)
    {
        var home = request.PublicUrl.TrimEnd('/');
        var manifest = new
        {
            request.Name,
            Url = home,
            HookAttributes = new { Url = home + WebhookEndpoints.Path, Active = true },
            RedirectUrl = $"{home}/github/connected",
            Description = "Hands issues and reviews to CodexService, which answers with verified pull requests.",
            Public = false,
            DefaultPermissions = Permissions,
            DefaultEvents = Events,
        };
        var account = request.Organization is { Length: > 0 } organization ? $"organizations/{organization}/settings" : "settings";
        return new GitHubManifest(new Uri(GitHubHost.From(configuration), $"{account}/apps/new?state={state}").AbsoluteUri, JsonSerializer.Serialize(manifest, AsGitHub), state);
    }
}
