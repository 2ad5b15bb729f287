using System.CommandLine;
using System.Text.Json;
using CodexService.Cli.Connection;
using CodexService.Cli.Terminal;
using CodexService.Contracts.Api;
using Spectre.Console;

namespace CodexService.Cli.Commands;

/// <summary><c>codex list</c>: the latest tasks, newest first.</summary>
internal static class ListCommand
{
    private static readonly string[] States = [.. Enum.GetNames<TaskState>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    public static Command Create(CliEnvironment environment)
    {
        var state = new Option<TaskState?>("--state")
        {
            Description = $"Only tasks in this state ({string.Join(", ", States)})",
            HelpName = "state",
            CustomParser = result =>
            {
                var index = Array.FindIndex(States, name => name.Equals(result.Tokens[0].Value, StringComparison.OrdinalIgnoreCase));
                if (index >= 0)
                {
                    return Enum.GetValues<TaskState>()[index];
                }

                result.AddError($"--state is {string.Join(", ", States[..^1])} or {States[^1]}, not \"{result.Tokens[0].Value}\"");
                return null;
            },
        };
        var limit = new Option<int>("--limit") { Description = "How many, 1 to 200", HelpName = "n", DefaultValueFactory = _ => 20 };
        NumberRange.Require(limit, 1, 200);
        var command = new Command("list", "List the latest tasks") { state, limit };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = await ServiceSession.ConnectAsync(environment, cancellationToken);
            var page = await session.Client.ListTasksAsync(parsed.GetValue(state), parsed.GetValue(limit), cancellationToken);
            Write(environment, page);
            return ExitCodes.Success;
        });
        return command;
    }

    private static void Write(CliEnvironment environment, Page<TaskSummary> page)
    {
        if (page.Items.Count == 0)
        {
            environment.Error.Line("[grey]No tasks. ./codex submit makes one.[/]");
            return;
        }

        var now = environment.Time.GetUtcNow();
        var states = page.Items.Max(task => Words.State(task.State).Length);
        var ages = page.Items.Max(task => Words.Ago(now - task.CreatedAt).Length);
        var pulls = page.Items.Max(task => PullRequest(task).Length);
        var room = environment.Out.IsTerminal ? environment.Out.Width - 8 - states - ages - pulls - 9 : int.MaxValue;
        foreach (var task in page.Items)
        {
            var state = $"[{Words.Colour(task.State)}]{Words.State(task.State).PadRight(states)}[/]";
            var pull = task.PullRequestState is { } its ? $"[{Words.Colour(its)}]{PullRequest(task).PadRight(pulls)}[/]" : new string(' ', pulls);
            environment.Out.Line(
                $"[bold]{Words.ShortId(task.Id)}[/]  {state}  [grey]{Words.Ago(now - task.CreatedAt).PadRight(ages)}[/]  {pull}  {Markup.Escape(Words.Cut(task.Title, room))}");
        }
    }

    // A task that succeeded is of use when its pull request was merged.
    private static string PullRequest(TaskSummary task) => task is { PullRequestNumber: { } number, PullRequestState: { } state }
        ? $"#{number} {state.ToString().ToLowerInvariant()}"
        : string.Empty;
}
