using System.Net;

namespace CodexService.Cli.Client;

/// <summary>An error answer of the API (RFC 9457).</summary>
internal sealed record ProblemDetails(string? Title, string? Detail, IReadOnlyDictionary<string, string[]>? Errors)
{
    // The framework's own title for bad input says nothing; the field messages do.
    private const string Generic = "One or more validation errors occurred.";

    /// <summary>One line for people.</summary>
    public string Describe(HttpStatusCode status, string url)
    {
        var title = Title == Generic ? null : Title;
        var details = Errors is { Count: > 0 } ? string.Join(" ", Errors.SelectMany(field => field.Value)) : Detail;
        var text = title ?? details ?? $"{url} answered {(int)status} {status}.";
        return text.ReplaceLineEndings(" ").Trim();
    }
}
