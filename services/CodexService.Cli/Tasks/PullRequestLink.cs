using CodexService.Contracts.Api;

namespace CodexService.Cli.Tasks;

/// <summary>Where a person reviews a pull request.</summary>
internal static class PullRequestLink
{
    /// <summary>GitHub's address as it is; a local review at the address at which the service answers now.</summary>
    public static string Of(PullRequestInfo pull, string serviceUrl) =>
        Uri.TryCreate(pull.Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && !url.IsLoopback
            ? pull.Url
            : $"{serviceUrl.TrimEnd('/')}/pulls/{pull.Number}";
}
