using System.CommandLine;
using CodexService.Cli.Connection;
using CodexService.Cli.Terminal;
using CodexService.Contracts.Api;
using Spectre.Console;

namespace CodexService.Cli.Commands;

/// <summary><c>codex list</c>: the latest tasks, newest first.</summary>
internal static class ListCommand
{
    private const int IdAndState = 44;

    public static Command Create(CliEnvironment environment)
    {
        var state = new Option<TaskState?>("--state")
        {
            Description = "Only tasks in this state (queued, running, publishing, succeeded, no_change, failed, cancelled, timed_out)",
            HelpName = "state",
            CustomParser = result =>
            {
                if (Enum.TryParse<TaskState>(result.Tokens[0].Value.Replace("_", string.Empty, StringComparison.Ordinal), ignoreCase: true, out var parsed)
                    && Enum.IsDefined(parsed))
                {
                    return parsed;
                }

                result.AddError($"There is no state \"{result.Tokens[0].Value}\"");
                return null;
            },
        };
        var limit = new Option<int>("--limit") { Description = "How many, 1 to 200", HelpName = "n", DefaultValueFactory = _ => 20 };
        limit.Validators.Add(result =>
        {
            if (result.GetValue(limit) is < 1 or > 200)
            {
                result.AddError("--limit is 1 to 200");
            }
        });
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
        var table = new Table().NoBorder().HideHeaders();
        for (var i = 0; i < 5; i++)
        {
            table.AddColumn(new TableColumn(string.Empty).NoWrap().Padding(0, 0, 2, 0));
        }

        foreach (var task in page.Items)
        {
            table.AddRow(
                $"[bold]{Words.ShortId(task.Id)}[/]",
                $"[{Words.Colour(task.State)}]{Words.State(task.State)}[/]",
                $"[grey]{Words.Ago(now - task.CreatedAt)}[/]",
                PullRequest(task),
                Markup.Escape(Words.Cut(task.Title, environment.Out.Width - IdAndState - 12)));
        }

        environment.Out.Console.Write(table);
    }

    // A task that succeeded is of use when its pull request was merged.
    private static string PullRequest(TaskSummary task) => task is { PullRequestNumber: { } number, PullRequestState: { } state }
        ? $"[grey]#{number}[/] [{Words.Colour(state)}]{state.ToString().ToLowerInvariant()}[/]"
        : string.Empty;
}
