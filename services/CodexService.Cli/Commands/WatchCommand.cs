using System.CommandLine;
using CodexService.Cli.Tasks;
using CodexService.Cli.Terminal;
using Spectre.Console;

namespace CodexService.Cli.Commands;

/// <summary><c>codex watch</c>: follows a task to its end; Ctrl+C stops watching, not the task.</summary>
internal static class WatchCommand
{
    public static Command Create(CliEnvironment environment) => TaskCommand.Create(
        environment,
        "watch",
        "Follow a task to its end (exit code of its newest round: 0 patch, 2 none, 1 error)",
        async (client, id, cancellationToken) =>
        {
            var task = await client.GetTaskAsync(id, cancellationToken);
            if (!task.Summary.State.IsTerminal())
            {
                environment.Error.Line($"[bold]{Markup.Escape(Words.Cut(task.Summary.Title, environment.Error.Width - 2))}[/]");
                task = await new TaskFollower(environment, client).FollowAsync(task, cancellationToken);
            }

            ResultView.Write(environment.Out, task, client.Address.Url);
            return ExitCodes.Of(task);
        });
}
