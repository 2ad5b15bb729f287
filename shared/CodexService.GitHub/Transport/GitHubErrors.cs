using System.Net;
using System.Text.Json;

namespace CodexService.GitHub.Transport;

/// <summary>Makes one clear line of an answer that is no success.</summary>
internal static class GitHubErrors
{
    private const int LongestText = 300;
    private const int MostErrors = 3;

    public static GitHubException From(GitHubRequest request, HttpResponseMessage answer, byte[] body, DateTimeOffset now)
    {
        var said = Said(body);
        var status = answer.StatusCode;
        if (RateLimits.Pause(answer, said, now) is { } pause)
        {
            return Limited(request, pause, status);
        }

        var failure = Failure(status, said);
        var text = failure switch
        {
            GitHubFailure.Credentials => $"GitHub does not accept the credentials (to {request.Does}): {said}; check the token or the App's key",
            GitHubFailure.Permission => $"the credentials may not {request.Does}: {said}{Wanted(answer)}",
            GitHubFailure.NotFound => $"GitHub does not find what is needed to {request.Does}, or the credentials may not see it: {said}",
            GitHubFailure.Archived => $"GitHub refused to {request.Does}: the repository is archived, so nothing in it can be changed",
            GitHubFailure.Unavailable => $"GitHub failed to {request.Does} (status {(int)status}): {said}",
            _ => $"GitHub refused to {request.Does}: {said}",
        };
        return new GitHubException(failure, text) { Status = status, Said = said, RetryAfter = RateLimits.RetryAfter(answer, now) };
    }

    /// <summary>A limit that holds for so long.</summary>
    public static GitHubException Limited(GitHubRequest request, TimeSpan pause, HttpStatusCode? status = null) =>
        new(GitHubFailure.RateLimited, $"GitHub's rate limit is reached; {request.Does} again after {Math.Ceiling(pause.TotalSeconds):N0} s")
        {
            Status = status,
            RetryAfter = pause,
        };

    private static GitHubFailure Failure(HttpStatusCode status, string said) => status switch
    {
        HttpStatusCode.Unauthorized => GitHubFailure.Credentials,
        _ when said.Contains("archived", StringComparison.OrdinalIgnoreCase) && status is HttpStatusCode.Forbidden or HttpStatusCode.UnprocessableEntity => GitHubFailure.Archived,
        HttpStatusCode.Forbidden => GitHubFailure.Permission,
        HttpStatusCode.NotFound or HttpStatusCode.Gone or HttpStatusCode.MovedPermanently => GitHubFailure.NotFound,
        HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed => GitHubFailure.Conflict,
        HttpStatusCode.RequestTimeout => GitHubFailure.Unavailable,
        >= HttpStatusCode.InternalServerError => GitHubFailure.Unavailable,
        _ => GitHubFailure.Refused,
    };

    private static string Wanted(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("x-accepted-github-permissions", out var values) && values.FirstOrDefault() is { Length: > 0 } wanted
            ? $" (needed: {Line(wanted)})"
            : "";

    /// <summary>GitHub's own words: the message and what it says about fields.</summary>
    private static string Said(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            var message = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("message", out var text) ? text.ToString() : "";
            var errors = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("errors", out var list) && list.ValueKind == JsonValueKind.Array
                ? list.EnumerateArray().Take(MostErrors).Select(Said).Where(one => one.Length > 0).ToList()
                : [];
            var all = errors.Count > 0 ? $"{message}: {string.Join("; ", errors)}" : message;
            return all.Length > 0 ? Line(all) : "no reason given";
        }
        catch (JsonException)
        {
            return "the answer is not GitHub's; is GITHUB_API_URL the address of the REST API?";
        }
    }

    private static string Said(JsonElement error)
    {
        if (error.ValueKind != JsonValueKind.Object)
        {
            return error.ToString();
        }

        string Of(string name) => error.TryGetProperty(name, out var value) ? value.ToString() : "";
        return Of("message") is { Length: > 0 } message ? message : string.Join(' ', new[] { Of("resource"), Of("field"), Of("code") }.Where(part => part.Length > 0));
    }

    /// <summary>Foreign text as one line of bounded length.</summary>
    public static string Line(string text)
    {
        var line = string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character)).Trim().TrimEnd('.');
        return line.Length <= LongestText ? line : $"{line[..(LongestText - 1)]}…";
    }
}
