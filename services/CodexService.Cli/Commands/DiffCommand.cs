using System.CommandLine;
using CodexService.Cli.Terminal;

namespace CodexService.Cli.Commands;

/// <summary><c>codex diff</c>: the patch; to a pipe or file byte for byte as <c>git apply</c> wants it.</summary>
internal static class DiffCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var attempt = AttemptCommands.Option();
        return TaskCommand.Create(
            environment,
            "diff",
            "Print a task's patch",
            async (client, id, parsed, cancellationToken) =>
            {
                DiffView.Write(environment.Out, await client.GetPatchAsync(id, parsed.GetValue(attempt), cancellationToken));
                return ExitCodes.Success;
            },
            attempt);
    }
}
