using System.Text;
using CodexService.Contracts.Api;

namespace CodexService.PullRequests.Forges;

/// <summary>Writes commit messages: a title, what and why, the evidence, and trailers that name the task.</summary>
public static class CommitMessage
{
    private const int Width = 72;
    private const int MaxSummaryLength = 2000;
    private const int MaxPromptLength = 1000;
    private const int MaxTests = 10;

    /// <summary>The message of the change's own commit.</summary>
    public static string Write(ChangeDescription change)
    {
        var text = new StringBuilder();
        text.Append(change.CleanTitle).Append("\n\n");
        Paragraph(text, ForeignText.Shorten(Plain(change.Summary), MaxSummaryLength), prefix: "");
        text.Append("Asked for:\n\n");
        Paragraph(text, ForeignText.Shorten(ForeignText.Defuse(change.Prompt).Trim(), MaxPromptLength), prefix: "> ");
        Evidence(text, change);
        Trailers(text, change.TaskId).Append("Codex-Brain: ").Append(Token(change.Brain)).Append('\n');
        if (change.Log is { } log)
        {
            text.Append("Codex-Log: ").Append(log.AbsoluteUri).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The message of the merge commit.</summary>
    public static string ForMerge(PullRequestReference pullRequest)
    {
        var text = new StringBuilder()
            .Append("Merge branch '").Append(pullRequest.Branch).Append("'\n\n");
        Paragraph(text, ForeignText.OneLine(ForeignText.Defuse(pullRequest.Title)), prefix: "");
        return Trailers(text, pullRequest.TaskId).ToString();
    }

    private static void Evidence(StringBuilder text, ChangeDescription change)
    {
        var proof = change.Verification;
        text.Append(proof.Verified ? "Verified in a fresh sandbox" : "Not verified").Append(" on base ").Append(ForeignText.Shorten(Token(change.BaseCommit), 12)).Append(":\n\n");
        foreach (var test in proof.FailToPass.Take(MaxTests))
        {
            text.Append("- failed before, passes now: ").Append(Line(test)).Append('\n');
        }

        if (proof.FailToPass.Count > MaxTests)
        {
            text.Append($"- and {proof.FailToPass.Count - MaxTests} more that failed before and pass now\n");
        }

        text.Append($"- passed before, passes now: {proof.PassToPass}\n");
        foreach (var command in proof.Commands)
        {
            text.Append($"- {Token(command.Phase)}: {Line(command.Command)} -> exit code {command.ExitCode}{(command.TimedOut ? " (timed out)" : "")}\n");
        }

        text.Append('\n');
    }

    private static StringBuilder Trailers(StringBuilder text, Guid taskId) => text.Append("Codex-Task: ").Append(taskId.ToString("D")).Append('\n');

    private static void Paragraph(StringBuilder text, string content, string prefix)
    {
        if (content.Length == 0)
        {
            return;
        }

        foreach (var line in ForeignText.Wrap(content, Width, prefix))
        {
            text.Append(line).Append('\n');
        }

        text.Append('\n');
    }

    /// <summary>Markdown as plain paragraphs: no headings, and no line that a trailer parser could take for a trailer.</summary>
    private static string Plain(string markdown)
    {
        var lines = ForeignText.Defuse(markdown).Trim().Split('\n').Select(line =>
        {
            var plain = line.TrimStart('#', ' ', '\t').TrimEnd();
            var colon = plain.IndexOf(':', StringComparison.Ordinal);
            var trailerLike = colon > 0 && plain[..colon].All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && plain[..colon].Contains('-', StringComparison.Ordinal);
            return trailerLike ? "  " + plain.Insert(colon, " ") : plain;
        });
        return string.Join('\n', lines);
    }

    private static string Line(string text) => ForeignText.Shorten(ForeignText.OneLine(ForeignText.Defuse(text)), 200);

    private static string Token(string text) => string.Concat(text.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
}
