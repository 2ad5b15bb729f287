using System.Globalization;
using System.Text.RegularExpressions;

namespace CodexService.GitHub.Transport;

/// <summary>
/// Reads lists that GitHub tells oldest first and that may be longer than is read: the first page and the newest ones, whatever others
/// wrote between.
/// </summary>
internal static partial class LongLists
{
    /// <summary>Entries, oldest first: all of them, or the first page and the last ones.</summary>
    /// <param name="transport">Sends the calls.</param>
    /// <param name="request">The first page.</param>
    /// <param name="token">Token for it.</param>
    /// <param name="mostPages">Pages that are read of it, at least 2.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <exception cref="GitHubException">A page could not be read.</exception>
    public static async Task<IReadOnlyList<T>> ReadAsync<T>(GitHubTransport transport, GitHubRequest request, string? token, int mostPages, CancellationToken cancellationToken)
    {
        var answer = await transport.SendAsync(request, token, cancellationToken);
        List<T> all = [.. GitHubTransport.Read<List<T>>(request, answer.Body)];

        // Where the last page is not told, they are read from the front.
        var next = answer.Next;
        if (next is not null && answer.Last is { } last && Page().Match(last.Query) is { Success: true } page
            && int.TryParse(page.Groups["number"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var pages) && pages > mostPages)
        {
            next = new Uri(Page().Replace(last.AbsoluteUri, string.Create(CultureInfo.InvariantCulture, $"${{before}}page={pages - mostPages + 2}"), 1));
        }

        for (var read = 1; next is not null && read < mostPages; read++)
        {
            answer = await transport.SendAsync(request with { Path = next.AbsoluteUri }, token, cancellationToken);
            all.AddRange(GitHubTransport.Read<List<T>>(request, answer.Body));
            next = answer.Next;
        }

        return all;
    }

    [GeneratedRegex("(?<before>[?&])page=(?<number>[0-9]{1,6})", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Page();
}
