using System.Globalization;
using System.Net;

namespace CodexService.GitHub.Transport;

/// <summary>
/// Reads GitHub's limits from an answer (docs.github.com, "Rate limits for the REST API"): <c>retry-after</c> first, then
/// <c>x-ratelimit-reset</c> when nothing remains, then a minute for a secondary limit that says nothing.
/// </summary>
internal static class RateLimits
{
    private static readonly TimeSpan UnknownPause = TimeSpan.FromMinutes(1);

    /// <summary>How long to stay away; <see langword="null"/> when the answer is not about a limit.</summary>
    public static TimeSpan? Pause(HttpResponseMessage answer, string message, DateTimeOffset now)
    {
        if (answer.StatusCode is not (HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests))
        {
            return null;
        }

        if (RetryAfter(answer, now) is { } asked)
        {
            return asked;
        }

        if (Header(answer, "x-ratelimit-remaining") == "0"
            && long.TryParse(Header(answer, "x-ratelimit-reset"), NumberStyles.None, CultureInfo.InvariantCulture, out var reset)
            && reset < DateTimeOffset.MaxValue.ToUnixTimeSeconds())
        {
            // A second more: the reset is a whole second of their clock.
            var until = DateTimeOffset.FromUnixTimeSeconds(reset) - now + TimeSpan.FromSeconds(1);
            return until > TimeSpan.Zero ? until : TimeSpan.FromSeconds(1);
        }

        return answer.StatusCode == HttpStatusCode.TooManyRequests || message.Contains("rate limit", StringComparison.OrdinalIgnoreCase) ? UnknownPause : null;
    }

    /// <summary>The header <c>Retry-After</c>, of any status.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage answer, DateTimeOffset now)
    {
        var asked = answer.Headers.RetryAfter?.Delta ?? (answer.Headers.RetryAfter?.Date is { } date ? date - now : null);
        return asked is { } pause ? (pause > TimeSpan.Zero ? pause : TimeSpan.Zero) : null;
    }

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
