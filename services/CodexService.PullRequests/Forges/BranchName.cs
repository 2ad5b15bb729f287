using System.Globalization;
using System.Text;

namespace CodexService.PullRequests.Forges;

/// <summary>Names the branch of a task.</summary>
public static class BranchName
{
    private const int MaxSlugLength = 40;

    /// <summary>
    /// <c>codex/&lt;slug&gt;-&lt;id&gt;</c>: the slug of <paramref name="title"/> in at most 40 ASCII characters and the
    /// last eight hexadecimal digits of the task's id.
    /// </summary>
    public static string For(string title, Guid taskId) => $"codex/{Slug(title)}-{taskId.ToString("N")[^8..]}";

    /// <summary><c>codex/issue-&lt;number&gt;-&lt;slug&gt;</c> for a task that came from an issue; as without it when there is none.</summary>
    public static string For(string title, Guid taskId, ChangeOrigin? origin) => origin is { IsPullRequest: false }
        ? string.Create(CultureInfo.InvariantCulture, $"codex/issue-{origin.Number}-{Slug(title)}")
        : For(title, taskId);

    /// <summary>The name for a task whose own is taken by somebody else's work.</summary>
    public static string Other(string branch, Guid taskId) => $"{branch}-{taskId.ToString("N")[^8..]}";

    private static string Slug(string title)
    {
        var slug = new StringBuilder(MaxSlugLength + 1);
        foreach (var c in title)
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                slug.Append(char.ToLowerInvariant(c));
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }

            if (slug.Length > MaxSlugLength)
            {
                break;
            }
        }

        var text = slug.ToString();
        if (text.Length > MaxSlugLength)
        {
            // Cut between words unless the first word alone is too long.
            var end = text.LastIndexOf('-', MaxSlugLength);
            text = end > 0 ? text[..end] : text[..MaxSlugLength];
        }

        text = text.Trim('-');
        return text.Length == 0 ? "task" : text;
    }
}
