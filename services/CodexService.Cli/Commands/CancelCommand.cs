using System.CommandLine;
using CodexService.Cli.Terminal;

namespace CodexService.Cli.Commands;

/// <summary><c>codex cancel</c>.</summary>
internal static class CancelCommand
{
    public static Command Create(CliEnvironment environment) => TaskCommand.Create(
        environment,
        "cancel",
        "Stop a task; what it has found so far is kept",
        async (client, id, cancellationToken) =>
        {
            var task = await client.CancelAsync(id, cancellationToken);
            environment.Out.Line(task.Summary.State.IsTerminal()
                ? $"Task {Words.ShortId(id)} is {Words.State(task.LastRound?.State ?? task.Summary.State)}."
                : $"Task {Words.ShortId(id)} is stopping; ./codex watch {Words.ShortId(id)} shows its end.");
            return ExitCodes.Success;
        });
}
