using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using CodexService.Cli.Connection;
using CodexService.Cli.Tasks;
using CodexService.Cli.Terminal;
using CodexService.Contracts.Api;
using Spectre.Console;

namespace CodexService.Cli.Commands;

/// <summary><c>codex inspect</c>: a review of a change that somebody made; the review, and nothing else, goes to stdout.</summary>
internal static class InspectCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var repository = new Option<string>("--repo", "-r") { Description = "Folder of a git repository, or a clone URL", HelpName = "dir|url", Required = true };
        var head = new Option<string>("--head") { Description = "What to review: a branch, a commit, or a full ref such as refs/pull/7/head", HelpName = "ref", Required = true };
        var baseRef = new Option<string?>("--base") { Description = "Branch that the change is meant for (default: the repository's default branch)", HelpName = "ref" };
        var task = new Option<string?>("--task", "-t") { Description = "What to look at; - reads it from stdin, @file from a file (default: everything)", HelpName = "text" };
        var test = new Option<string?>("--test") { Description = "Command that runs the tests (default: guessed from the repository)", HelpName = "command" };
        var timeout = new Option<int?>("--timeout") { Description = "Time for the review in seconds (default 900)", HelpName = "seconds" };
        var brain = TaskOptions.BrainOption();
        brain.Description = "auto (default: the model when one is configured), model, or repair (no model reads the change; its tests are run)";
        brain.HelpName = "auto|model|repair";
        var model = new Option<string?>("--model") { Description = "Name of a model that the service is configured with (default: its default model)", HelpName = "name" };
        var json = new Option<bool>("--json") { Description = "Write the review as JSON" };
        timeout.Validators.Add(result =>
        {
            if (result.Tokens is [.., { Value: var text }] && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value is < 10 or > 86_400))
            {
                result.AddError($"--timeout is 10 to 86400, not {text}");
            }
        });
        var command = new Command("inspect", "Review a change that somebody made and print the comments (exit code 0 review, 2 none, 1 error)") { repository, head, baseRef, task, test, timeout, brain, model, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var submission = new SubmitTaskRequest(
                RepositoryArgument.Resolve(parsed.GetRequiredValue(repository), environment),
                parsed.GetValue(task) is { Length: > 0 } said ? await PromptArgument.ResolveAsync(said, environment, cancellationToken) : "",
                parsed.GetValue(test),
                parsed.GetValue(baseRef),
                TimeoutSeconds: parsed.GetValue(timeout),
                Brain: parsed.GetValue(brain),
                Model: parsed.GetValue(model))
            {
                Kind = TaskKind.Review,
                HeadRef = parsed.GetRequiredValue(head),
            };
            await using var session = await ServiceSession.ConnectOrStartAsync(environment, port: null, cancellationToken);
            var done = await RunCommand.SubmitAndFollowAsync(environment, session, submission, cancellationToken);
            await WriteAsync(environment, done, parsed.GetValue(json));
            return cancellationToken.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Of(done.Summary.State);
        });
        return command;
    }

    private static async Task WriteAsync(CliEnvironment environment, TaskDetail task, bool json)
    {
        if (json)
        {
            await environment.Out.Writer.WriteLineAsync(JsonSerializer.Serialize(InspectReport.Of(task), AskReport.Options));
            return;
        }

        if (task.Review is { } review)
        {
            // A pipe gets the Markdown as it is; text from a repository must not steer a terminal.
            var text = InspectReport.Markdown(review);
            await environment.Out.Writer.WriteLineAsync(environment.Out.IsTerminal ? string.Join('\n', text.Split('\n').Select(Words.Printable)) : text);
            return;
        }

        environment.Error.Line($"[yellow]no review:[/] {Markup.Escape(Words.Printable(task.Summary.Reason ?? Words.State(task.Summary.State)))}");
        environment.Error.Line($"[grey]task {task.Summary.Id}[/]");
    }
}
