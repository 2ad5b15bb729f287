using System.CommandLine;
using CodexService.Cli.Terminal;

namespace CodexService.Cli.Commands;

/// <summary><c>codex retry</c>.</summary>
internal static class RetryCommand
{
    public static Command Create(CliEnvironment environment) => TaskCommand.Create(
        environment,
        "retry",
        "Give a task that ended without a patch another attempt",
        async (client, id, cancellationToken) =>
        {
            var task = await client.RetryAsync(id, cancellationToken);
            environment.Out.Line($"Task {Words.ShortId(id)} is {Words.State(task.Summary.State)} again; ./codex watch {Words.ShortId(id)} follows it.");
            return ExitCodes.Success;
        });
}
