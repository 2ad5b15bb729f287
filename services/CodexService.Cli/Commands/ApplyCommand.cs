using System.CommandLine;
using CodexService.Cli.Terminal;
using CodexService.Cli.WorkTree;
using CodexService.Contracts;
using Spectre.Console;

namespace CodexService.Cli.Commands;

/// <summary><c>codex apply</c>: puts a task's patch, staged and not committed, onto the checkout at the current folder.</summary>
internal static class ApplyCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var attempt = AttemptCommands.Option();
        return TaskCommand.Create(
            environment,
            "apply",
            "Apply a task's patch to the current checkout, staged; refuses when there are uncommitted changes",
            async (client, id, parsed, cancellationToken) =>
            {
                var checkout = await Checkout.FindAsync(environment.CurrentDirectory, cancellationToken);
                await checkout.RequireCleanAsync(cancellationToken);
                var patch = await client.GetPatchAsync(id, parsed.GetValue(attempt), cancellationToken);
                if (!await checkout.TryApplyAsync(patch, cancellationToken))
                {
                    var task = await client.GetTaskAsync(id, cancellationToken);
                    var start = parsed.GetValue(attempt) is null && task.Branch is { } branch ? $"check out its branch {branch}" : $"check out its base commit {task.BaseCommit}";
                    throw new CliException($"The patch conflicts with what is checked out in {checkout.Root}, so nothing was changed; {start} instead.");
                }

                var (files, added, removed) = DiffView.Count(patch);
                environment.Out.Line($"[green]✓[/] {Quantity.Of(files, "file")} changed and staged (+{added} −{removed}) in {Markup.Escape(checkout.Root)}");
                return ExitCodes.Success;
            },
            attempt);
    }
}
