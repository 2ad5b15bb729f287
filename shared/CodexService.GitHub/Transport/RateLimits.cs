using System.Globalization;
using System.Net;

namespace CodexService.GitHub.Transport;

/// <summary>
/// Reads GitHub's limits from an answer (docs.github.com, "Rate limits for the REST API"): <c>retry-after</c> first, then
/// <c>x-ratelimit-reset</c> when nothing remains, then a minute for a secondary limit that says nothing. Of what an answer asks for, two
/// hours are kept.
/// </summary>
internal static class RateLimits
{
    /// <summary>The longest pause that is ever read. GitHub's limits are of an hour; who names a time in years must not stop the work for ever.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(2);

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

        if (Reset(answer, now) is { } reset)
        {
            return reset > TimeSpan.Zero ? reset : TimeSpan.FromSeconds(1);
        }

        return answer.StatusCode == HttpStatusCode.TooManyRequests || message.Contains("rate limit", StringComparison.OrdinalIgnoreCase) ? UnknownPause : null;
    }

    /// <summary>
    /// How long the next call has to wait after an answer that used up the last one, whatever its status; <see langword="null"/> when it
    /// need not. What is counted apart, as GraphQL is, does not stop the rest.
    /// </summary>
    public static TimeSpan? UsedUp(HttpResponseMessage answer, DateTimeOffset now) =>
        Header(answer, "x-ratelimit-resource") is null or "core" && Reset(answer, now) is { } reset && reset > TimeSpan.Zero ? reset : null;

    /// <summary>The header <c>Retry-After</c>, of any status.</summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage answer, DateTimeOffset now)
    {
        var asked = answer.Headers.RetryAfter?.Delta ?? (answer.Headers.RetryAfter?.Date is { } date ? date - now : null);
        return asked is { } pause ? Capped(pause > TimeSpan.Zero ? pause : TimeSpan.Zero) : null;
    }

    private static TimeSpan? Reset(HttpResponseMessage answer, DateTimeOffset now)
    {
        if (Header(answer, "x-ratelimit-remaining") != "0"
            || !long.TryParse(Header(answer, "x-ratelimit-reset"), NumberStyles.None, CultureInfo.InvariantCulture, out var reset)
            || reset >= DateTimeOffset.MaxValue.ToUnixTimeSeconds())
        {
            return null;
        }

        // By their clock, where they say what it shows. A second more: the reset is a whole one.
        return Capped(DateTimeOffset.FromUnixTimeSeconds(reset) - (answer.Headers.Date ?? now) + TimeSpan.FromSeconds(1));
    }

    private static TimeSpan Capped(TimeSpan pause) => pause < Longest ? pause : Longest;

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
