using System.Text.RegularExpressions;
using CodexService.Cli.Commands;
using CodexService.Contracts.Api;
using Spectre.Console;

namespace CodexService.Cli.Tasks;

/// <summary>How a person looks at a result when the service that made it ended with the command.</summary>
internal static partial class LaterReview
{
    /// <summary>Where <c>./codex up</c> will have the service.</summary>
    public static string ServiceUrl(CliEnvironment environment) => $"http://127.0.0.1:{UpCommand.ChosenPort(environment) ?? UpCommand.UsualPort}";

    /// <summary>Says it on stderr; nothing for what is reviewed elsewhere or has no pull request.</summary>
    public static void Write(CliEnvironment environment, TaskDetail task)
    {
        if (task.PullRequest is not { } pull || PullRequestLink.IsElsewhere(pull))
        {
            return;
        }

        environment.Error.Line("Review it in the dashboard: start ./codex up, then open");
        environment.Error.Link(PullRequestLink.Of(pull, ServiceUrl(environment)));
        if (Path.IsPathRooted(task.Summary.Repository))
        {
            environment.Error.Line("or look at its branch with");
            environment.Error.Line(Markup.Escape($"git -C {Quoted(task.Summary.Repository)} diff {Quoted($"{pull.BaseRef}...{pull.Branch}")}"));
        }
    }

    // Names come from a repository and are pasted into a shell.
    private static string Quoted(string text) => Plain().IsMatch(text) ? text : $"'{Terminal.Words.Printable(text).Replace("'", "'\\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"^[\w./:@=+-]+$", RegexOptions.ECMAScript)]
    private static partial Regex Plain();
}
