using System.Security.Cryptography;
using System.Text;
using CodexService.GitHub.Rest;

namespace CodexService.PullRequests.Deliveries;

/// <summary>Single lines for people on issues and pull requests, each said once however often it is tried.</summary>
internal static class Replies
{
    /// <summary>
    /// Comments on an issue or a pull request, unless a comment of ours with the same key and text is there. What others write counts for
    /// nothing, whatever mark they put into it.
    /// </summary>
    /// <param name="github">Tells who we are.</param>
    /// <param name="repository">Where.</param>
    /// <param name="number">Issue or pull request.</param>
    /// <param name="key">What it is about; letters, digits, ':', '-' and '.'.</param>
    /// <param name="text">Markdown that is safe to post.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task SayOnceAsync(IGitHub github, IGitHubRepository repository, int number, string key, string text, CancellationToken cancellationToken)
    {
        var marker = Marker(key, text);
        var said = (await repository.Issues.ListCommentsAsync(number, cancellationToken)).Where(comment => comment.Body?.Contains(marker, StringComparison.Ordinal) == true).ToList();
        if (said.Count > 0)
        {
            var login = await github.GetLoginAsync(cancellationToken);
            if (said.Exists(comment => string.Equals(comment.User?.Login, login, StringComparison.OrdinalIgnoreCase)))
            {
                return;
            }
        }

        await repository.Issues.CreateCommentAsync(number, $"{text}\n\n{marker}", cancellationToken);
    }

    // Another line about the same thing is said as well.
    private static string Marker(string key, string text) =>
        $"<!-- codex:reply:{string.Concat(key.Where(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '-' or '.'))}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12]} -->";
}
