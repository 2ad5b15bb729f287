using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using CodexService.Cli.Connection;
using CodexService.Cli.Tasks;
using CodexService.Cli.Terminal;
using CodexService.Contracts.Api;

namespace CodexService.Cli.Commands;

/// <summary><c>codex review</c>: comments on lines of a task's pull request, and requests for changes.</summary>
internal static partial class ReviewCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var task = new Argument<string>("task") { Description = "Id of the task, or the part of it that ./codex list shows" };
        var changes = new Option<bool>("--request-changes") { Description = "Start a follow-up that addresses the review (default: it is for people alone)" };
        var body = new Option<string?>("--body") { Description = "About the whole change; - reads it from stdin, @file from a file", HelpName = "text" };
        var comments = new Option<string[]>("--comment") { Description = "About a line, or lines, as they are after the change: app.py:12:text or app.py:12-15:text; may be repeated", HelpName = "path:line:text" };
        var command = new Command("review", "Review a task's pull request: comment on lines, request changes") { task, changes, body, comments };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var lines = (parsed.GetValue(comments) ?? []).Select(Read).ToList();
            var text = parsed.GetValue(body) is { } given ? await PromptArgument.ResolveAsync(given, environment, cancellationToken, "review") : null;
            if (text is null && lines.Count == 0)
            {
                throw new CliException("The review says nothing; add --body or --comment.");
            }

            var asked = parsed.GetValue(changes) ? ReviewEvent.RequestChanges : ReviewEvent.Comment;
            await using var session = await ServiceSession.ConnectAsync(environment, cancellationToken);
            var id = await TaskReference.ResolveAsync(parsed.GetRequiredValue(task), session.Client, cancellationToken);
            var pull = (await session.Client.GetTaskAsync(id, cancellationToken)).PullRequest
                ?? throw new CliException($"Task {Words.ShortId(id)} has no pull request to review.");
            var review = await session.Client.ReviewAsync(pull.Number, new SubmitReviewRequest(asked, text, lines, pull.HeadCommit), cancellationToken);
            environment.Out.Line(review.Round is { } round
                ? $"Changes requested on #{pull.Number}: round {round} of task {Words.ShortId(id)} is queued; ./codex watch {Words.ShortId(id)} follows it."
                : $"Commented on #{pull.Number}.");
            return ExitCodes.Success;
        });
        return command;
    }

    // The path may hold colons, the text too: the first number between two of them is the line.
    private static ReviewCommentRequest Read(string text)
    {
        var match = Comment().Match(text);
        if (!match.Success || !TryRead(match.Groups["first"], out var first) || !TryRead(match.Groups["last"], out var last))
        {
            throw new CliException($"--comment is path:line:text or path:first-last:text, not {text}");
        }

        return new ReviewCommentRequest(match.Groups["path"].Value, last ?? first!.Value, match.Groups["text"].Value.Trim(), StartLine: last is null ? null : first);
    }

    private static bool TryRead(Group group, out int? line)
    {
        line = int.TryParse(group.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        return !group.Success || line is not null;
    }

    [GeneratedRegex(@"^(?<path>.+?):(?<first>\d+)(?:-(?<last>\d+))?:(?<text>.*\S.*)$", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Comment();
}
