using CodexService.Contracts.Api;

namespace CodexService.Cli.Tasks;

/// <summary>Where a person reviews a pull request.</summary>
internal static class PullRequestLink
{
    /// <summary>GitHub's address as it is; a local review at the address at which the service answers.</summary>
    /// <param name="pull">The pull request.</param>
    /// <param name="serviceUrl">Where the service answers when the link is read.</param>
    public static string Of(PullRequestInfo pull, string serviceUrl) => IsElsewhere(pull) ? pull.Url : $"{serviceUrl.TrimEnd('/')}/pulls/{pull.Number}";

    /// <summary>Whether people review it on GitHub, so that its address does not end with the service.</summary>
    public static bool IsElsewhere(PullRequestInfo pull) =>
        Uri.TryCreate(pull.Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && !url.IsLoopback;
}
