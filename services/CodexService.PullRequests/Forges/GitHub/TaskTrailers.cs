using System.Text.RegularExpressions;

namespace CodexService.PullRequests.Forges.GitHub;

/// <summary>The trailers by which a commit on GitHub is known as a task's own, whoever wrote the lines above them.</summary>
internal static partial class TaskTrailers
{
    /// <summary>The message with the task and who asked at its end.</summary>
    public static string Write(PullRequestDraft draft)
    {
        var message = draft.CommitMessage.TrimEnd();
        message = Names(message, draft.TaskId) ? message : $"{message}{(EndsInTrailer().IsMatch(message) ? "\n" : "\n\n")}{Task(draft.TaskId)}";
        return draft.Origin is { Requester: { } login } && Login().IsMatch(login)
            ? $"{message}\nCo-authored-by: {login} <{login}@users.noreply.github.com>\n"
            : $"{message}\n";
    }

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
