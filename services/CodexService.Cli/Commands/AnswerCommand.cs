using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using CodexService.Cli.Connection;
using CodexService.Cli.Terminal;
using CodexService.Contracts;
using CodexService.Contracts.Api;
using Spectre.Console;

namespace CodexService.Cli.Commands;

/// <summary>
/// What the commands have in common whose result is a text and no patch: submit, follow, print. The text, and nothing
/// else, goes to stdout.
/// </summary>
/// <param name="environment">Surroundings of the command.</param>
/// <param name="noun">What the text is, as in "no answer".</param>
internal sealed class AnswerCommand(CliEnvironment environment, string noun)
{
    // Indented, and readable: the report never goes into HTML.
    private static readonly JsonSerializerOptions ReportJson = new(JsonConventions.Options) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public Option<string> Repository { get; } = TaskOptions.RepositoryOption();

    public Option<int?> Timeout { get; } = TaskOptions.TimeoutOption($"Time for the {noun} in seconds (default 900)");

    public Option<string?> Model { get; } = TaskOptions.ModelOption();

    public Option<bool> Json { get; } = new("--json") { Description = $"Write the {noun} as JSON" };

    /// <summary>The text that the task ended with; <see langword="null"/> when it has none.</summary>
    public required Func<TaskDetail, string?> Text { get; init; }

    /// <summary>What <c>--json</c> writes.</summary>
    public required Func<TaskDetail, object> Report { get; init; }

    /// <summary>What is said about the text, on stderr.</summary>
    public Func<TaskDetail, IEnumerable<string>> Remarks { get; init; } = _ => [];

    /// <summary>Makes the command of what it says of itself, its submission, and its options in the order of the help.</summary>
    public Command Create(string name, string description, Func<ParseResult, CancellationToken, Task<SubmitTaskRequest>> read, params Symbol[] symbols)
    {
        var command = new Command(name, description);
        TaskCommand.Add(command, symbols);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var submission = await read(parsed, cancellationToken);
            await using var session = await ServiceSession.ConnectOrStartAsync(environment, port: null, cancellationToken);
            var task = await RunCommand.SubmitAndFollowAsync(environment, session, submission, cancellationToken);
            await WriteAsync(task, parsed.GetValue(Json));
            return cancellationToken.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Of(task);
        });
        return command;
    }

    private async Task WriteAsync(TaskDetail task, bool asJson)
    {
        if (asJson)
        {
            await environment.Out.Writer.WriteLineAsync(JsonSerializer.Serialize(Report(task), ReportJson));
            return;
        }

        if (Text(task) is { } text)
        {
            // A pipe gets the Markdown as it is; text from a repository must not steer a terminal.
            await environment.Out.Writer.WriteLineAsync(environment.Out.IsTerminal ? string.Join('\n', text.Split('\n').Select(Words.Printable)) : text);
            foreach (var remark in Remarks(task))
            {
                environment.Error.Line(remark);
            }

            return;
        }

        environment.Error.Line($"[yellow]no {noun}:[/] {Markup.Escape(Words.Printable(task.Summary.Reason ?? Words.State(task.Summary.State)))}");
        environment.Error.Line($"[grey]task {task.Summary.Id}[/]");
    }
}
