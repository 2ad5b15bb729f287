using System.Text.RegularExpressions;

namespace CodexService.GitHub.Transport;

/// <summary>Reads <c>Link: &lt;…&gt;; rel="next"</c> (RFC 8288), which pages GitHub's lists.</summary>
internal static partial class LinkHeader
{
    /// <summary>The next page, when it lies at the API's own address: a link must not carry the token elsewhere.</summary>
    public static Uri? Next(HttpResponseMessage answer, Uri api) => Find(answer, api, NextLink());

    /// <summary>The last page, under the same condition.</summary>
    public static Uri? Last(HttpResponseMessage answer, Uri api) => Find(answer, api, LastLink());

    private static Uri? Find(HttpResponseMessage answer, Uri api, Regex link)
    {
        if (!answer.Headers.TryGetValues("Link", out var values))
        {
            return null;
        }

        var match = link.Match(string.Join(", ", values));
        return match.Success && Uri.TryCreate(match.Groups["address"].Value, UriKind.Absolute, out var page) && api.IsBaseOf(page) ? page : null;
    }

    [GeneratedRegex("<(?<address>[^>]*)>[^,]*;\\s*rel=\"?next\"?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NextLink();

    [GeneratedRegex("<(?<address>[^>]*)>[^,]*;\\s*rel=\"?last\"?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LastLink();
}
