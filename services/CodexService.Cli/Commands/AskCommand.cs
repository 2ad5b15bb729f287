using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using CodexService.Cli.Connection;
using CodexService.Cli.Tasks;
using CodexService.Cli.Terminal;
using CodexService.Contracts.Api;
using Spectre.Console;

namespace CodexService.Cli.Commands;

/// <summary><c>codex ask</c>: a question about a repository; the answer, and nothing else, goes to stdout.</summary>
internal static class AskCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var repository = new Option<string>("--repo", "-r") { Description = "Folder of a git repository, or a clone URL", HelpName = "dir|url", Required = true };
        var question = new Argument<string>("question") { Description = "What to answer; - reads it from stdin, @file from a file" };
        var baseRef = new Option<string?>("--base") { Description = "Branch, tag or commit (default: the repository's default branch)", HelpName = "ref" };
        var timeout = new Option<int?>("--timeout") { Description = "Time for the answer in seconds (default 900)", HelpName = "seconds" };
        var model = new Option<string?>("--model") { Description = "Name of a model that the service is configured with (default: its default model)", HelpName = "name" };
        var json = new Option<bool>("--json") { Description = "Write answer and references as JSON" };
        timeout.Validators.Add(result =>
        {
            if (result.Tokens is [.., { Value: var text }] && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value is < 10 or > 86_400))
            {
                result.AddError($"--timeout is 10 to 86400, not {text}");
            }
        });
        var command = new Command("ask", "Ask a question about a repository and print the answer (exit code 0 answer, 2 none, 1 error)") { question, repository, baseRef, timeout, model, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var submission = new SubmitTaskRequest(
                RepositoryArgument.Resolve(parsed.GetRequiredValue(repository), environment),
                await PromptArgument.ResolveAsync(parsed.GetRequiredValue(question), environment, cancellationToken),
                BaseRef: parsed.GetValue(baseRef),
                TimeoutSeconds: parsed.GetValue(timeout),
                Model: parsed.GetValue(model))
            {
                Kind = TaskKind.Ask,
            };
            await using var session = await ServiceSession.ConnectOrStartAsync(environment, port: null, cancellationToken);
            var task = await RunCommand.SubmitAndFollowAsync(environment, session, submission, cancellationToken);
            await WriteAsync(environment, task, parsed.GetValue(json));
            return cancellationToken.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Of(task.Summary.State);
        });
        return command;
    }

    private static async Task WriteAsync(CliEnvironment environment, TaskDetail task, bool json)
    {
        if (json)
        {
            await environment.Out.Writer.WriteLineAsync(JsonSerializer.Serialize(AskReport.Of(task), AskReport.Options));
            return;
        }

        if (task.Answer is { } answer)
        {
            // A pipe gets the Markdown as it is; text from a repository must not steer a terminal.
            await environment.Out.Writer.WriteLineAsync(environment.Out.IsTerminal ? string.Join('\n', answer.Split('\n').Select(Words.Printable)) : answer);
            foreach (var wrong in task.References.Where(reference => !reference.Exists))
            {
                environment.Error.Line($"[yellow]not found at the base commit:[/] {Markup.Escape(Words.Printable($"{wrong.Path}:{wrong.Line}"))}");
            }

            return;
        }

        environment.Error.Line($"[yellow]no answer:[/] {Markup.Escape(Words.Printable(task.Summary.Reason ?? Words.State(task.Summary.State)))}");
        environment.Error.Line($"[grey]task {task.Summary.Id}[/]");
    }
}
