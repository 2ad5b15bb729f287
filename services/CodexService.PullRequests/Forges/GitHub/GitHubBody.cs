using System.Globalization;
using System.Text.RegularExpressions;

namespace CodexService.PullRequests.Forges.GitHub;

/// <summary>
/// The body of a pull request on GitHub: our text inside the repository's template, between two hidden marks, so that it is found
/// again and what people wrote around it stays.
/// </summary>
internal static partial class GitHubBody
{
    /// <summary>Where GitHub looks for the template; the first that is there counts.</summary>
    public static readonly IReadOnlyList<string> TemplatePaths =
    [
        .. from folder in (string[])[".github/", "", "docs/"]
           from name in (string[])["pull_request_template.md", "PULL_REQUEST_TEMPLATE.md", "Pull_Request_Template.md", "pull_request_template.txt", "pull_request_template"]
           select folder + name,
    ];

    private const int Longest = 65_000;
    private const string End = "<!-- codex:end -->";

    /// <summary>The body of a new pull request.</summary>
    /// <param name="draft">Whose it is.</param>
    /// <param name="template">The repository's template, if it has one.</param>
    public static string Write(PullRequestDraft draft, string? template)
    {
        var ours = Ours(draft);
        if (string.IsNullOrWhiteSpace(template) || template.Length + ours.Length > Longest)
        {
            return ours;
        }

        var lines = template.ReplaceLineEndings("\n").TrimEnd().Split('\n');
        var heading = HeadingFor(lines);
        return heading < 0
            ? $"{string.Join('\n', lines)}\n\n{ours}"
            : string.Join('\n', [.. lines[..(heading + 1)], "", ours, .. lines[(heading + 1)..]]);
    }

    /// <summary>The present body with our part replaced; <see langword="null"/> when people took the marks out, and it is theirs.</summary>
    public static string? Update(string? body, PullRequestDraft draft)
    {
        var (text, start) = (body ?? "", Start(draft.TaskId));
        var from = text.IndexOf(start, StringComparison.Ordinal);
        var to = from < 0 ? -1 : text.IndexOf(End, from, StringComparison.Ordinal);
        return to < 0 ? null : $"{text[..from]}{Ours(draft)}{text[(to + End.Length)..]}";
    }

    /// <summary>Whether a body is of this task's pull request.</summary>
    public static bool IsOf(string? body, Guid taskId) => body?.Contains(Start(taskId), StringComparison.Ordinal) == true;

    private static string Ours(PullRequestDraft draft)
    {
        var body = draft.Body.Trim();
        body = body.Length <= Longest ? body : ForeignText.Shorten(body, Longest);
        var closes = draft.Origin is { IsPullRequest: false } origin ? string.Create(CultureInfo.InvariantCulture, $"\n\nCloses #{origin.Number}") : "";
        return $"{Start(draft.TaskId)}\n{body}{closes}\n{End}";
    }

    private static string Start(Guid taskId) => $"<!-- codex:task {taskId:D} -->";

    /// <summary>The first heading that asks what the change is; headings in code and comments are none.</summary>
    private static int HeadingFor(string[] lines)
    {
        var (inCode, inComment) = (false, false);
        for (var at = 0; at < lines.Length; at++)
        {
            var line = lines[at].Trim();
            inCode ^= line.StartsWith("```", StringComparison.Ordinal);
            if (!inCode && !inComment && Heading().IsMatch(line))
            {
                return at;
            }

            var opened = line.LastIndexOf("<!--", StringComparison.Ordinal);
            var closed = line.LastIndexOf("-->", StringComparison.Ordinal);
            inComment = opened > closed || (inComment && closed < 0);
        }

        return -1;
    }

    [GeneratedRegex(
        @"^#{1,6}\s*\W*(?:what|description|describe|summary|overview|changes?\b|proposed|purpose|motivation|details)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Heading();
}
