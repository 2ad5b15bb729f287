using System.CommandLine;
using CodexService.Cli.Terminal;

namespace CodexService.Cli.Commands;

/// <summary><c>codex diff</c>: the patch; to a pipe or file byte for byte as <c>git apply</c> wants it.</summary>
internal static class DiffCommand
{
    public static Command Create(CliEnvironment environment) => TaskCommand.Create(
        environment,
        "diff",
        "Print a task's patch",
        async (client, id, cancellationToken) =>
        {
            DiffView.Write(environment.Out, await client.GetPatchAsync(id, cancellationToken));
            return ExitCodes.Success;
        });
}
