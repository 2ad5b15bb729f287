using System.Globalization;
using System.Text;
using CodexService.GitHub;
using CodexService.GitHub.Rest;
using CodexService.PullRequests.Triggers;

namespace CodexService.PullRequests.Deliveries.Issues;

/// <summary>What a task from an issue is asked to do.</summary>
/// <param name="Text">The prompt; empty when the issue says nothing.</param>
/// <param name="Cut">One line for the issue when not all of it could be taken; else <see langword="null"/>.</param>
internal sealed record IssuePrompt(string Text, string? Cut)
{
    private const int MostComments = 20;

    // Whether somebody may write is a call each.
    private const int MostPeople = 50;
    private const int LongestComment = 4000;

    /// <summary>
    /// The issue as it was when it was asked for, then what people with write access had said by then, then what was asked.
    /// Nobody else's comments reach a model.
    /// </summary>
    public static async Task<IssuePrompt> WriteAsync(TriggerContext context, CancellationToken cancellationToken)
    {
        var issue = context.Payload.Issue!;
        var (title, body) = (TriggerText.Title(issue.Title), TriggerText.Clean(issue.Body));
        var said = context.Wanted.Comment is null ? "" : context.Wanted.Text;
        if (title.Length + body.Length + said.Length == 0)
        {
            return new IssuePrompt("", null);
        }

        var text = new StringBuilder(title);
        if (body.Length > 0)
        {
            text.Append("\n\n").Append(body);
        }

        foreach (var comment in await EarlierAsync(context, cancellationToken))
        {
            text.Append("\n\nComment by ").Append(comment.User!.Login).Append(":\n\n").Append(ForeignShort(TriggerText.Clean(comment.Body)));
        }

        if (said.Length > 0)
        {
            text.Append("\n\nAsked for by ").Append(context.Wanted.Actor).Append(":\n\n").Append(said);
        }

        var whole = issue.Body?.Length ?? 0;
        return new IssuePrompt(
            text.ToString(),
            whole > TriggerText.Longest
                ? string.Create(CultureInfo.InvariantCulture, $"This issue has {whole:N0} characters; I read the first {TriggerText.Longest:N0}. Put what matters most at its top, or long material into the repository.")
                : null);
    }

    private static async Task<List<IssueComment>> EarlierAsync(TriggerContext context, CancellationToken cancellationToken)
    {
        var access = new WriteAccess(context.Repository);
        var earlier = new List<IssueComment>();
        IReadOnlyList<IssueComment> all;
        try
        {
            all = await context.Repository.Issues.ListCommentsAsync(context.Wanted.Number, cancellationToken);
        }
        catch (GitHubException e) when (e.Failure == GitHubFailure.NotFound)
        {
            // Deleted or moved meanwhile: the delivery still says what was asked.
            return earlier;
        }

        // From the newest on: what others wrote meanwhile pushes nothing out.
        HashSet<string> people = new(StringComparer.OrdinalIgnoreCase);
        foreach (var comment in all.Where(comment => WasThere(comment, context)).Reverse())
        {
            if (comment is not { User: { Type: not "Bot" } author, Body: { Length: > 0 } body } || body.Contains(TriggerDecider.OwnMark, StringComparison.Ordinal)
                || (people.Count == MostPeople && !people.Contains(author.Login)))
            {
                continue;
            }

            people.Add(author.Login);
            if (await access.HasAsync(author.Login, cancellationToken))
            {
                earlier.Insert(0, comment);
                if (earlier.Count == MostComments)
                {
                    break;
                }
            }
        }

        return earlier;
    }

    // As it was at the trigger: nothing that was written or changed after it.
    private static bool WasThere(IssueComment comment, TriggerContext context) =>
        comment.Id != context.Wanted.Comment && comment.CreatedAt <= context.SaidOnGitHubAt && comment.UpdatedAt <= context.SaidOnGitHubAt;

    private static string ForeignShort(string text) => text.Length <= LongestComment ? text : $"{text[..LongestComment]}…";
}
