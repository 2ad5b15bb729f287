using System.Globalization;
using System.Text.RegularExpressions;

namespace CodexService.PullRequests.Forges.GitHub;

/// <summary>The trailers by which a commit on GitHub is known as a task's own, whoever wrote the lines above them.</summary>
internal static partial class TaskTrailers
{
    /// <summary>The message with the task and who asked at its end.</summary>
    /// <param name="draft">The change.</param>
    /// <param name="host">Where people find this GitHub.</param>
    public static string Write(PullRequestDraft draft, Uri host)
    {
        var message = draft.CommitMessage.TrimEnd();
        message = Names(message, draft.TaskId) ? message : $"{message}{(EndsInTrailer().IsMatch(message) ? "\n" : "\n\n")}{Task(draft.TaskId)}";
        return $"{message}\n{string.Concat(draft.AskedBy.Select(account => CoAuthor(account.Login, account.Id, host)))}";
    }

    /// <summary>
    /// The trailer by which GitHub shows a person beside the author; empty for what is no person's login. The address is the one that GitHub
    /// keeps for each account (docs.github.com, "Setting your commit email address"): <c>ID+LOGIN@users.noreply.github.com</c>, which
    /// stays the account's when it is renamed; the form without the id belongs to accounts from before July 2017 alone. An Enterprise Server
    /// has it below its own host name, <c>users.noreply.HOSTNAME</c>, unless its administrator set another no-reply address, of which its API
    /// does not tell: the commit is the same then, and shows the name without a picture.
    /// </summary>
    public static string CoAuthor(string login, long? id, Uri host) => Login().IsMatch(login)
        ? string.Create(CultureInfo.InvariantCulture, $"Co-authored-by: {login} <{(id is null ? "" : $"{id}+")}{login}@users.noreply.{host.Host}>\n")
        : "";

    /// <summary>Whether the last paragraph of the message names the task.</summary>
    public static bool Names(string message, Guid taskId)
    {
        var text = message.ReplaceLineEndings("\n").TrimEnd();
        var last = text[(text.LastIndexOf("\n\n", StringComparison.Ordinal) + 1)..];
        return last.Split('\n').Contains(Task(taskId), StringComparer.Ordinal);
    }

    /// <summary>Whether it is a person's login: nothing in it can break a line or reach beyond it.</summary>
    public static bool IsPerson(string login) => Login().IsMatch(login);

    private static string Task(Guid taskId) => $"Codex-Task: {taskId:D}";

    [GeneratedRegex(@"^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,99})\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Login();

    [GeneratedRegex(@"\n[A-Za-z0-9-]+: [^\n]+\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EndsInTrailer();
}
